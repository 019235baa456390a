package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
)

// serve keeps an account up with the guard live until the context ends, and
// prints what happens.
func serve(ctx context.Context, t *terminal, address string, policy guard.Policy, allowRemote bool) (err error) {
	if err := checkAddress(address, allowRemote); err != nil {
		return err
	}
	var printing sync.Mutex
	s, err := simulation.Serve(ctx, address, policy)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.AWS.Close()) }()
	fmt.Fprint(t.out, welcome(s))
	print := newPrinter(t)
	s.Watch(func(h simulation.Activity) {
		text := print.Line(h)
		if text == "" {
			return
		}
		printing.Lock()
		defer printing.Unlock()
		fmt.Fprintf(t.out, "%s  %s\n", h.Time.Format("15:04:05.000"), text)
		if h.Message != nil {
			fmt.Fprintf(t.out, "%s\n", indented(h.Message.For("email")))
		}
	})
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
	return "An AWS account is up, with the guard live in " + simulation.Region + ". In another terminal:\n\n" +
		"export AWS_ENDPOINT_URL=" + s.AWS.Endpoint() + " AWS_REGION=" + simulation.Region + " AWS_DEFAULT_REGION=" + simulation.Region + "\n\n" +
		"# an administrator\n" + credentials(s.People.Admin) +
		"# or the role of an application\n" + credentials(s.People.Application) +
		"\naws ecs put-account-setting-default --name fargateFIPSMode --value disabled\n" +
		"aws ecs list-account-settings --name fargateFIPSMode --effective-settings\n\n" +
		"Ctrl-C stops it. What happens:\n\n"
}
