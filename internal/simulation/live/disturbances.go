package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
)

// button is something that can be done on the page.
type button struct {
	Name, Label string
	says        []string // sentences of a scenario
	do          func(*disturbances) string
	done        string
}

// group is buttons that belong together.
type group struct {
	Title   string
	Buttons []button
}

func groups() []group {
	return []group{
		{"Turn FIPS mode off", []button{
			{Name: "off-admin", Label: "as an administrator", says: []string{"The administrator turns the account default off."}, done: "jane.doe turned the account default off."},
			{Name: "off-ci", Label: "as CI", says: []string{"The pipeline turns the account default off."}, done: "terraform-ci turned the account default off."},
			{Name: "off-app", Label: "as an app role, for itself", says: []string{"The application turns FIPS mode off for itself."}, done: "The role checkout turned FIPS mode off for itself. AWS lets only root or checkout undo that."},
			{Name: "undo-app", Label: "undo that as root", says: []string{"Root turns FIPS mode on for the application."}, done: "Root turned FIPS mode on for the role checkout."},
		}},
		{"Launch something", []button{
			{Name: "arm64", Label: "register ARM64", says: []string{"The pipeline registers the ARM64 task definition reports."}, done: "CI registered an ARM64 task definition."},
			{Name: "old-platform", Label: "run on 1.3.0", says: []string{"The administrator runs a task of web on platform version 1.3.0."}, done: "jane.doe ran a task on platform 1.3.0."},
			{Name: "run", Label: "run a good task", says: []string{"The pipeline runs a task of web with ECS Exec."}, done: "CI ran a task that FIPS mode covers, if it is on."},
		}},
		{"Break something", []button{
			{Name: "lose", Label: "lose the next event", do: (*disturbances).loseNext},
			{Name: "sns", Label: "break SNS", do: (*disturbances).toggleSNS},
		}},
		{"Check", []button{
			{Name: "scan", Label: "scan now", says: []string{"The verifier scans the account."}, done: "The scan is done: see the report."},
		}},
	}
}

// disturbances are what is done to an account.
type disturbances struct {
	account *simulation.Account

	scanning sync.Mutex
	mu       sync.Mutex
	losing   []func() // remove the faults by which the next event gets lost
	repair   func()   // SNS; nil while it works
}

func newDisturbances(a *simulation.Account) *disturbances { return &disturbances{account: a} }

// errScanning is what a second scan is refused with.
var errScanning = errors.New("a scan is under way; wait for its report")

// do does what the button of a name says, and returns what was done.
func (d *disturbances) do(ctx context.Context, name string) (string, error) {
	for _, g := range groups() {
		i := slices.IndexFunc(g.Buttons, func(b button) bool { return b.Name == name })
		if i < 0 {
			continue
		}
		pressed := g.Buttons[i]
		if pressed.do != nil {
			return pressed.do(d), nil
		}
		if name == "scan" {
			if !d.scanning.TryLock() {
				return "", errScanning
			}
			defer d.scanning.Unlock()
		}
		return pressed.done, d.account.Do(ctx, pressed.says...)
	}
	return "", fmt.Errorf("there is no button %q", name)
}

// loseNext lets EventBridge lose the next event about the setting.
func (d *disturbances) loseNext() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.losing == nil {
		for _, call := range []string{"PutAccountSettingDefault", "PutAccountSetting", "DeleteAccountSetting"} {
			d.losing = append(d.losing, d.account.AWS.Inject(localaws.Fault{Operation: call, Times: 1, Effect: localaws.LoseEvent}))
		}
	}
	return "EventBridge will lose the next event about the setting. The check of every minute needs none."
}

// lost takes note that the event was lost, if one was to be.
func (d *disturbances) lost() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, remove := range d.losing {
		remove()
	}
	lost := d.losing != nil
	d.losing = nil
	return lost
}

func (d *disturbances) toggleSNS() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.repair != nil {
		d.repair()
		d.repair = nil
		return "SNS works again."
	}
	d.repair = d.account.AWS.Inject(localaws.Fault{Operation: "Publish", Effect: localaws.ServerError})
	return "SNS is broken: alerts cannot be sent. The guard fixes the setting all the same."
}

// broken is what is broken now.
func (d *disturbances) broken() (losing, sns bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.losing != nil, d.repair != nil
}
