package simulation

import (
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// DeployDrill adds what the stack has with -c drill=true: two queues that are
// subscribed to the topic, beside the on-call. The drill's role may turn FIPS mode off only where the
// guard turns it on again.
func (a *Account) DeployDrill() error {
	topic, err := a.AWS.CreateTopic(Region, product.Alerts)
	if err != nil {
		return err
	}
	for _, name := range []string{product.Drill, product.Filtered} {
		if _, err := a.AWS.CreateQueue(Region, name); err != nil {
			return err
		}
		if err := a.AWS.SubscribeQueue(topic, queueARN(name)); err != nil {
			return err
		}
	}
	if err := a.AWS.Subscribe(topic, "email", "soc@example.gov", true); err != nil {
		return err
	}
	if a.policy.Modes[guard.FIPSModeDefault] != guard.Enforce {
		a.AWS.Deny(a.People.Drill, "ecs:PutAccountSettingDefault")
	}
	return nil
}
