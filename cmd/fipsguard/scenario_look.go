package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func lookScenarios() []scenario {
	return []scenario{{
		name: "look",
		story: "At night CI turns FIPS mode off, and EventBridge loses the event. Tasks are launched meanwhile. " +
			"Then the verifier looks, asks the kernels, and has what it can replaced.",
		policy: recycling,
		play:   playLook,
		expect: lookedAndReplaced,
	}}
}

// recycling lets the verifier replace what is exposed.
func recycling() guard.Policy {
	p := guard.DefaultPolicy()
	p.Modes[guard.TaskKernelProof], p.Modes[guard.TaskExposed], p.ExposureRemedy = guard.Enforce, guard.Enforce, guard.Recycle
	return p
}

func playLook(ctx context.Context, s *stage) error {
	for _, family := range []string{"web", "distroless", "checkout", "legacy"} {
		if _, err := register(ctx, s, family, nil); err != nil {
			return err
		}
	}
	if err := s.account.Advance(ctx, time.Minute); err != nil { // FIPS mode was turned on just now
		return err
	}
	if err := createService(ctx, s, "web"); err != nil {
		return err
	}
	distroless, err := runTask(ctx, s, "distroless", true)
	if err != nil {
		return err
	}
	if err := s.account.Advance(ctx, time.Hour); err != nil {
		return err
	}
	if err := s.account.SetExec(distroless, localaws.Exec{Failure: `exec: "cat": executable file not found in $PATH`}); err != nil {
		return err
	}
	s.account.Inject(localaws.Fault{Operation: "PutAccountSettingDefault", Caller: s.people.Terraform.AccessKeyID, Times: 1, Effect: localaws.LoseEvent})
	if err := putDefault(ctx, s, s.people.Terraform, "disabled"); err != nil {
		return err
	}
	if err := s.account.Advance(ctx, 10*time.Minute); err != nil {
		return err
	}
	if err := createService(ctx, s, "checkout"); err != nil {
		return err
	}
	if _, err := runTask(ctx, s, "legacy", false); err != nil {
		return err
	}
	for range 2 {
		if err := s.account.Advance(ctx, 20*time.Minute); err != nil {
			return err
		}
		if err := s.look(ctx); err != nil {
			return err
		}
	}
	return nil
}

func createService(ctx context.Context, s *stage, family string) error {
	_, err := s.as(s.people.Terraform).CreateService(ctx, &ecs.CreateServiceInput{
		ServiceName: aws.String(family), TaskDefinition: aws.String(family), DesiredCount: aws.Int32(2),
		LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true, NetworkConfiguration: network(),
	})
	return err
}

func runTask(ctx context.Context, s *stage, family string, exec bool) (string, error) {
	out, err := s.as(s.people.Terraform).RunTask(ctx, &ecs.RunTaskInput{
		TaskDefinition: aws.String(family), LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: exec, NetworkConfiguration: network(),
	})
	if err != nil {
		return "", err
	}
	if len(out.Tasks) != 1 {
		return "", fmt.Errorf("%s: ECS started %d tasks", family, len(out.Tasks))
	}
	return aws.ToString(out.Tasks[0].TaskArn), nil
}

// look lets the verifier look once, and keeps its report.
func (s *stage) look(ctx context.Context) error {
	v := scans.Verifier(scans.Needs{
		Config: s.configFor(s.people.Guard), Policy: s.policy, Exec: true, Now: s.account.Now, Sleep: s.account.Sleep,
	})
	started := s.account.Now()
	location := guard.Location{Account: localaws.AccountID, Region: stageRegion}
	seen, err := v.Look(ctx, location, verifier.Request{Why: "simulated look"})
	if err != nil {
		return err
	}
	s.reports = append(s.reports, evidence.New(evidence.About{
		Why: "simulated look", Started: started, Finished: s.account.Now(), Tool: thisTool(),
		Scope: seen.Scope,
	}, seen.Report))
	return errors.Join(seen.Failures...)
}

func lookedAndReplaced(ctx context.Context, s *stage, _ []localaws.Happening) (string, error) {
	if err := defaultIsOn(ctx, s); err != nil {
		return "", err
	}
	first, second := s.reports[0], s.reports[1]
	want := evidence.Kernels{On: 2, Off: 2, CouldNotBeChecked: 2}
	if first.Kernels != want || first.Status != guard.NonCompliant {
		return "", fmt.Errorf("the first look ends %s with %+v, want NON_COMPLIANT with %+v", first.Status, first.Kernels, want)
	}
	want = evidence.Kernels{On: 4, CouldNotBeChecked: 2}
	if second.Kernels != want {
		return "", fmt.Errorf("the second look ends with %+v, want %+v", second.Kernels, want)
	}
	exposed := 0
	for _, t := range second.Tasks {
		if t.Exposed == guard.NonCompliant {
			exposed++
		}
	}
	if exposed != 1 {
		return "", fmt.Errorf("after the second look %d tasks are exposed, want the standalone one", exposed)
	}
	return "Back on; two kernels refuted, their service deployed anew and proven; one exposed task is left for its owner, since nothing would start it again; two cannot be verified, with the reason.", nil
}
