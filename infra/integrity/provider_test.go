package integrity

import (
	"slices"
	"strings"
	"testing"
)

// TestLaunchesAreKeptOffNamedProviders: of everybody but the guard, which may
// scale a service to zero, and of no other provider.
func TestLaunchesAreKeptOffNamedProviders(t *testing.T) {
	quick := "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/quick"
	p, err := SettingSCP(DefaultExempt()).KeepingOff(DefaultExempt(), []string{quick})
	if err != nil {
		t.Fatal(err)
	}
	added := p.Statement[len(p.Statement)-1]
	if len(p.Statement) != len(SettingSCP(DefaultExempt()).Statement)+1 || added.Effect != "Deny" ||
		!slices.Equal(added.Condition["ForAnyValue:ArnLike"]["ecs:capacity-provider"], []string{quick}) || !slices.Contains(added.Action, "ecs:RunTask") {
		t.Errorf("the statement is %+v", added)
	}
	for _, principal := range added.Condition["ArnNotLike"]["aws:PrincipalArn"] {
		if strings.HasSuffix(principal, "*") {
			t.Errorf("whoever may create roles is exempt by %s", principal)
		}
	}
	if same, err := SettingSCP(DefaultExempt()).KeepingOff(DefaultExempt(), nil); err != nil || len(same.Statement) != len(p.Statement)-1 {
		t.Errorf("without a provider there is a statement, %v", err)
	}
	for _, bad := range []string{"quick", "arn:aws:ecs:us-east-1:111122223333:capacity-provider/quick", "arn:aws-us-gov:ecs:*:*:capacity-provider/*", quick + "\n"} {
		if _, err := SettingSCP(DefaultExempt()).KeepingOff(DefaultExempt(), []string{bad}); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	many := make([]string, 40)
	for i := range many {
		many[i] = quick
	}
	if _, err := SettingSCP(DefaultExempt()).KeepingOff(DefaultExempt(), many); err == nil || !strings.Contains(err.Error(), "takes 5120") {
		t.Errorf("a policy that Organizations refuses is written: %v", err)
	}
}
