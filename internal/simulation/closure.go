package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// closure is something that goes wrong in an account, and how it has to end.
type closure struct {
	name   string
	story  string
	policy func() guard.Policy
	play   func(context.Context, *Account) error
	// expect says how it ended, in a sentence, or what ended otherwise.
	expect func(context.Context, *Account, []Activity) (string, error)
}

// closures are all there are, in the order in which they run.
func closures() []closure {
	return slices.Concat(settingScenarios(), workloadScenarios(), lookScenarios())
}

func settingScenarios() []closure {
	return []closure{
		{
			name:   "default-off",
			story:  "An administrator turns the account default off.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				return putDefaultC(ctx, s, s.People.Admin, "disabled")
			},
			expect: backOn(1),
		},
		{
			name:   "deleted",
			story:  "Root deletes the account's value, which falls back to disabled.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				_, err := s.as(s.People.Root).DeleteAccountSetting(ctx, &ecs.DeleteAccountSettingInput{Name: guard.SettingName})
				return err
			},
			expect: backOn(1),
		},
		{
			name:   "override-off",
			story:  "Root turns FIPS mode off for the guard's own role, which only that role and root can undo.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				_, err := s.as(s.People.Root).PutAccountSetting(ctx, &ecs.PutAccountSettingInput{
					Name: guard.SettingName, Value: aws.String("disabled"), PrincipalArn: aws.String(s.People.Guard.ARN),
				})
				return err
			},
			expect: overrideRepaired,
		},
		{
			name:   "override-refused",
			story:  "An application's role turns FIPS mode off for itself; AWS lets nobody else but root undo that.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				_, err := s.as(s.People.Application).PutAccountSetting(ctx, &ecs.PutAccountSettingInput{
					Name: guard.SettingName, Value: aws.String("disabled"),
				})
				return err
			},
			expect: humanNeeded,
		},
		{
			name:   "flapping",
			story:  "A script turns the account default off five times.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				for range 5 {
					if err := putDefaultC(ctx, s, s.People.Terraform, "disabled"); err != nil {
						return err
					}
					if err := s.AWS.Drain(ctx); err != nil {
						return err
					}
				}
				return nil
			},
			expect: backOn(5),
		},
		{
			name:   "repair-throttled",
			story:  "The default goes off while AWS throttles the guard's calls.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				s.AWS.Inject(localaws.Fault{
					Operation: "PutAccountSettingDefault", Caller: s.People.Guard.AccessKeyID, Times: 2, Effect: localaws.Throttle,
				})
				return putDefaultC(ctx, s, s.People.Admin, "disabled")
			},
			expect: backOn(1),
		},
	}
}

func putDefaultC(ctx context.Context, s *Account, p localaws.Principal, value string) error {
	_, err := s.as(p).PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String(value)})
	return err
}

// backOn expects the account default on, a number of repairs, and one alert.
func backOn(repairs int) func(context.Context, *Account, []Activity) (string, error) {
	return func(ctx context.Context, s *Account, happened []Activity) (string, error) {
		if err := defaultIsOn(ctx, s); err != nil {
			return "", err
		}
		took := repairTimes(s, happened)
		if len(took) != repairs {
			return "", fmt.Errorf("%d repairs, want %d", len(took), repairs)
		}
		sent := alerts(happened)
		if len(sent) != 1 {
			return "", fmt.Errorf("%d alerts, want 1", len(sent))
		}
		if repairs > 1 {
			return fmt.Sprintf("Back on %d times, the slowest after %s; one alert at once, %d counted for the next.", repairs, longest(took), repairs-1), nil
		}
		return fmt.Sprintf("Back on %s after it went off, read back; one alert.", longest(took)), nil
	}
}

func overrideRepaired(ctx context.Context, s *Account, happened []Activity) (string, error) {
	out, err := s.as(s.People.Guard).ListAccountSettings(ctx, &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
	if err != nil {
		return "", err
	}
	for _, setting := range out.Settings {
		if guard.ParseMode(aws.ToString(setting.Value)) != guard.ModeOn {
			return "", fmt.Errorf("the override is still %s", aws.ToString(setting.Value))
		}
	}
	if len(alerts(happened)) != 1 {
		return "", fmt.Errorf("%d alerts, want 1", len(alerts(happened)))
	}
	return "The override is enabled again. It also hides the account default from the guard, and the alert says so.", nil
}

func humanNeeded(_ context.Context, s *Account, happened []Activity) (string, error) {
	sent := alerts(happened)
	if len(sent) != 1 || !strings.Contains(sent[0].Subject, "CRITICAL") {
		return "", fmt.Errorf("%d alerts, want one that is CRITICAL", len(sent))
	}
	if want := "aws ecs put-account-setting --name fargateFIPSMode --value enabled"; !strings.Contains(sent[0].For("email"), want) {
		return "", errors.New("the alert does not give the command that a person has to run")
	}
	if got := len(s.AWS.DeadLetters()); got != 1 {
		return "", fmt.Errorf("%d dead letters, want 1: what is not repaired is not forgotten", got)
	}
	return "AWS refused. One CRITICAL alert gives the command; Lambda tried three times and kept the event.", nil
}

func defaultIsOn(ctx context.Context, s *Account) error {
	out, err := s.as(s.People.Admin).ListAccountSettings(ctx, &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
	if err != nil {
		return err
	}
	for _, setting := range out.Settings {
		if setting.Name == types.SettingName(guard.SettingName) && guard.ParseMode(aws.ToString(setting.Value)) == guard.ModeOn {
			return nil
		}
	}
	return errors.New("FIPS mode is off")
}

// repairTimes are the times from each violating call to the guard's call that
// undid it.
func repairTimes(s *Account, happened []Activity) []time.Duration {
	var took []time.Duration
	var violated time.Time
	for _, h := range happened {
		if h.Call == nil || h.Call.ErrorCode != "" || !strings.Contains(h.Call.Operation, "AccountSetting") || strings.Contains(h.Call.Operation, "List") {
			continue
		}
		switch {
		case h.Call.Principal.ARN != s.People.Guard.ARN:
			violated = h.Time
		case !violated.IsZero():
			took = append(took, h.Time.Sub(violated))
			violated = time.Time{}
		}
	}
	return took
}

func longest(times []time.Duration) string {
	var most time.Duration
	for _, t := range times {
		most = max(most, t)
	}
	return fmt.Sprintf("%.1f ms", float64(most.Microseconds())/1000)
}
