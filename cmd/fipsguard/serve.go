package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation"
	"fipsguard/internal/simulation/live"
)

// serve keeps an account up with the guard live until the context ends, shows it
// to browsers, and prints what happens.
func serve(ctx context.Context, t *terminal, address string, policy guard.Policy, allowRemote bool) (err error) {
	if err := checkAddress(address, allowRemote); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	page, err := live.New(allowRemote)
	if err != nil {
		return err
	}
	s, err := simulation.Serve(ctx, address, policy, evidence.Tool(product.ThisBuild()), page.Before)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.AWS.Close()) }()
	if _, err := fmt.Fprint(t.out, welcome(s)); err != nil {
		return err
	}
	var printing sync.Mutex
	s.Watch(func(h simulation.Activity) {
		line, ok := simulation.LineOf(h)
		if !ok {
			return
		}
		printing.Lock()
		defer printing.Unlock()
		t.storyLine(h.Time.Format("15:04:05.000"), line, false)
		if h.Message != nil {
			t.essence(h.Message.For("email"))
		}
	})
	go page.Run(ctx)
	s.AWS.Run(ctx)
	fmt.Fprintln(t.err, "stopped")
	return nil
}

// checkAddress refuses what other machines can reach: whoever can call the
// account can read what is in it and set it.
func checkAddress(address string, allowRemote bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--serve %q: want HOST:PORT, such as 127.0.0.1:4566", address)
	}
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() || allowRemote {
		return nil
	}
	return fmt.Errorf("--serve %q: other machines could reach it; use 127.0.0.1, or add --allow-remote", address)
}

func welcome(s *simulation.Account) string {
	credentials := func(p localaws.Principal) string {
		return fmt.Sprintf("export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n", p.AccessKeyID, p.SecretAccessKey)
	}
	return "An AWS account is up, with the guard live in " + simulation.Region + ". Look at it, and turn FIPS mode off, in a browser:\n\n" +
		"    " + s.AWS.Endpoint() + "\n\n" +
		"or in another terminal:\n\n" +
		"export AWS_ENDPOINT_URL=" + s.AWS.Endpoint() + " AWS_REGION=" + simulation.Region + " AWS_DEFAULT_REGION=" + simulation.Region + "\n\n" +
		"# an administrator\n" + credentials(s.People.Admin) +
		"# or the role of an application\n" + credentials(s.People.Application) +
		"# or root, who alone can undo another's override\n" + credentials(s.People.Root) +
		"\naws ecs put-account-setting-default --name fargateFIPSMode --value disabled\n" +
		"aws ecs list-account-settings --name fargateFIPSMode --effective-settings\n\n" +
		"# for a drill (docs/drill.md), a key with which the administrator signs\n" +
		"export FIPSGUARD_KEY=" + s.SigningKey + "\n\n" +
		"Ctrl-C stops it. What happens:\n\n"
}
