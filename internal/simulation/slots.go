package simulation

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// slot is what can be filled into a form: which words, for people, and how it
// takes them from the beginning of the rest of a sentence, which is not empty,
// and says how many.
type slot struct {
	help string
	take func(p *phrase, words []string) (used int, err error)
}

func slots() map[string]slot {
	return map[string]slot{
		"who":      {listed(people()) + ", with or without the", func(p *phrase, words []string) (int, error) { return person(&p.who, words) }},
		"whom":     {"as <who>, or itself", whom},
		"state":    chosen(states(), func(p *phrase, v bool) { p.on = v }),
		"platform": chosen(platforms(), func(p *phrase, v platform) { p.platform = v }),
		"rule":     chosen(rules(), func(p *phrase, v guard.RuleID) { p.rule = v }),
		"mode":     chosen(modes(), func(p *phrase, v guard.PolicyMode) { p.mode = v }),
		"severity": chosen(severities(), func(p *phrase, v string) { p.severity = v }),
		"verdict":  chosen(verdicts(), func(p *phrase, v guard.Verdict) { p.verdict = v }),
		"call":     chosen(calls(), func(p *phrase, v string) { p.call = v }),
		"outcome":  chosen(outcomes(), func(p *phrase, v string) { p.errorCode = v }),
		"fails":    chosen(callEffects(), func(p *phrase, v effect) { p.effect = v }),
		"loses":    chosen(eventEffects(), func(p *phrase, v effect) { p.effect = v }),
		"status":   chosen(statuses(), func(p *phrase, v types.TaskDefinitionStatus) { p.status = v }),
		"stage":    chosen(stages(), func(p *phrase, v string) { p.stage = v }),
		"exec":     {"ECS Exec", exec},
		"name":     {"a name of your own, or one that an earlier line gave", func(p *phrase, words []string) (int, error) { p.name = words[0]; return 1, nil }},
		"version":  {"of Fargate's platform, such as 1.3.0", func(p *phrase, words []string) (int, error) { p.version = words[0]; return 1, nil }},
		"provider": {"the name of a capacity provider of Managed Instances", func(p *phrase, words []string) (int, error) { p.provider = words[0]; return 1, nil }},
		"text":     {"in quotation marks", quotation},
		"number":   {"digits, or a small number as a word", func(p *phrase, words []string) (int, error) { return whole(&p.number, words) }},
		"count":    {"no, one, 500, at least two, at most two, between two and five", func(p *phrase, words []string) (int, error) { return counted(&p.count, words) }},
		"times":    {"once, twice, five times", times},
		"duration": {"such as ten minutes, in seconds, minutes, hours or days", duration},
	}
}

// chosen is a slot for one of a closed list of words.
func chosen[T any](known map[string]T, set func(*phrase, T)) slot {
	return slot{listed(known), func(p *phrase, words []string) (int, error) {
		value, ok := known[words[0]]
		if !ok {
			return 0, fmt.Errorf("%q is none of: %s", words[0], listed(known))
		}
		set(p, value)
		return 1, nil
	}}
}

func listed[T any](known map[string]T) string {
	return strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}

func states() map[string]bool { return map[string]bool{"on": true, "off": false} }

// platform is one that a task definition asks for; nil is the default.
type platform = *types.RuntimePlatform

func platforms() map[string]platform {
	return map[string]platform{
		"ARM64":   {CpuArchitecture: types.CPUArchitectureArm64},
		"Windows": {OperatingSystemFamily: types.OSFamilyWindowsServer2022Core},
	}
}

func rules() map[string]guard.RuleID {
	known := map[string]guard.RuleID{}
	for _, r := range guard.Rules() {
		if !r.AboutGuard() && !r.ID.AboutSetting() {
			known[string(r.ID)] = r.ID
		}
	}
	return known
}

func modes() map[string]guard.PolicyMode {
	return map[string]guard.PolicyMode{"enforces": guard.Enforce, "audits": guard.Audit, "ignores": guard.Off}
}

func severities() map[string]string {
	known := map[string]string{}
	for _, s := range []guard.Severity{guard.Info, guard.Warning, guard.High, guard.Critical} {
		known[s.String()] = s.String()
	}
	return known
}

func verdicts() map[string]guard.Verdict {
	known := map[string]guard.Verdict{}
	for _, v := range []guard.Verdict{guard.Compliant, guard.NonCompliant, guard.NotApplicable, guard.InsufficientData} {
		known[v.String()] = v
	}
	return known
}

// calls are the names of API calls: a misspelt one would never be made, and
// nothing would fail.
func calls() map[string]string {
	known := map[string]string{}
	for _, name := range []string{
		"CreateCapacityProvider", "CreateService", "DeleteAccountSetting", "DeregisterTaskDefinition", "DescribeCapacityProviders", "DescribeServices", "DescribeTaskDefinition",
		"DescribeTasks", "ExecuteCommand", "ListAccountSettings", "ListTasks", "PutAccountSetting",
		"PutAccountSettingDefault", "RegisterTaskDefinition", "RunTask", "StopTask", "UpdateService",
	} {
		known[name] = name
	}
	return known
}

func statuses() map[string]types.TaskDefinitionStatus {
	return map[string]types.TaskDefinitionStatus{
		"active": types.TaskDefinitionStatusActive, "deregistered": types.TaskDefinitionStatusInactive,
	}
}

// stages are states of tasks.
func stages() map[string]string {
	return map[string]string{"started": "PROVISIONING", "run": "RUNNING"}
}

func exec(p *phrase, words []string) (int, error) {
	if len(words) < 2 || words[0] != "ECS" || words[1] != "Exec" {
		return 0, fmt.Errorf("%q stands where ECS Exec is expected", words[0])
	}
	p.exec = true
	return 2, nil
}

// outcomes are the error codes of calls.
func outcomes() map[string]string {
	return map[string]string{"successful": "", "throttled": "ThrottlingException", "denied": "AccessDeniedException"}
}

// person takes "the administrator" or "root".
func person(to *Principal, words []string) (int, error) {
	used := 0
	if slices.Contains([]string{"a", "an", "the"}, strings.ToLower(words[0])) && len(words) > 1 {
		used = 1
	}
	p, ok := people()[strings.ToLower(words[used])]
	if !ok {
		return 0, fmt.Errorf("nobody is called %q; there are: %s", words[used], listed(people()))
	}
	*to = p
	return used + 1, nil
}

func whom(p *phrase, words []string) (int, error) {
	if words[0] == "itself" {
		p.whom = p.who
		return 1, nil
	}
	return person(&p.whom, words)
}

func quotation(p *phrase, words []string) (int, error) {
	text := strings.Trim(words[0], `"`)
	if words[0] != `"`+text+`"` || text == "" {
		return 0, fmt.Errorf("%s stands where a text in quotation marks is expected", words[0])
	}
	p.text = text
	return 1, nil
}

// number reads digits, and the small numbers as words.
func number(word string) (int, error) {
	small := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if i := slices.Index(small, strings.ToLower(word)); i >= 0 {
		return i, nil
	}
	tens := []string{"ten", "twenty", "thirty", "forty", "fifty"}
	if i := slices.Index(tens, strings.ToLower(word)); i >= 0 {
		return (i + 1) * 10, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a number", word)
	}
	return n, nil
}

func whole(to *int, words []string) (int, error) {
	n, err := number(words[0])
	*to = n
	return 1, err
}

// count is how many of something are expected.
type count struct{ least, most int }

func (c count) holds(n int) bool { return c.least <= n && n <= c.most }

// counted takes "no", "two", "at least two", "at most two" or "between two
// and five".
func counted(to *count, words []string) (int, error) {
	before := func(n int) string { return strings.ToLower(strings.Join(words[:min(n, len(words))], " ")) }
	if len(words) >= 4 && before(1) == "between" && words[2] == "and" {
		least, err := number(words[1])
		most, err2 := number(words[3])
		*to = count{least, most}
		if err == nil && err2 == nil && least > most {
			err = fmt.Errorf("nothing is between %d and %d", least, most)
		}
		return 4, errors.Join(err, err2)
	}
	if len(words) >= 3 && (before(2) == "at least" || before(2) == "at most") {
		n, err := number(words[2])
		*to = count{0, n}
		if before(2) == "at least" {
			*to = count{n, math.MaxInt}
		}
		return 3, err
	}
	n, err := number(words[0])
	*to = count{n, n}
	return 1, err
}

// times takes "once", "twice" or "five times".
func times(p *phrase, words []string) (int, error) {
	switch {
	case words[0] == "once":
		p.count = count{1, 1}
		return 1, nil
	case words[0] == "twice":
		p.count = count{2, 2}
		return 1, nil
	}
	used, err := counted(&p.count, words)
	if err == nil && (len(words) <= used || words[used] != "times") {
		err = fmt.Errorf("%q is not how often: once, twice, five times", strings.Join(words, " "))
	}
	return used + 1, err
}

// duration takes "ten minutes".
func duration(p *phrase, words []string) (int, error) {
	units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	n, err := number(words[0])
	if err != nil || len(words) < 2 {
		return 0, fmt.Errorf("%q is not a time such as ten minutes", strings.Join(words, " "))
	}
	unit, ok := units[strings.TrimSuffix(words[1], "s")]
	if !ok {
		return 0, fmt.Errorf("%q is not a unit of time: seconds, minutes, hours or days", words[1])
	}
	p.duration = time.Duration(n) * unit
	return 2, nil
}
