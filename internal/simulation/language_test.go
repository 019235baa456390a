package simulation

import (
	"os"
	"strings"
	"testing"
)

const good = "A story.\n\nThe administrator turns the account default off.\nExpect one alert.\n\nAt a glance: it goes off; by admin; on; [slowest fix].\nIn the end: all is well.\n"

func TestFaultyScenarios(t *testing.T) {
	if _, err := parse("good.txt", good); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	with := func(line string) string { return strings.Replace(good, "Expect one alert.", line, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"nothing in it":            {"# only a comment\n", "bad.txt:1: nothing is expected"},
		"no expectation":           {with("# Expect one alert."), `bad.txt:7: nothing is expected, so that nothing can fail: add a line such as "Expect one alert."`},
		"no end":                   {strings.Replace(good, "In the end: all is well.", "", 1), `bad.txt:6: the last line has to begin with "In the end:"`},
		"nothing at a glance":      {strings.Replace(good, "At a glance: it goes off; by admin; on; [slowest fix].\n", "", 1), `bad.txt:6: no line begins with "At a glance:"`},
		"half a glance":            {strings.Replace(good, "; on;", ";", 1), `bad.txt:6: at a glance there are four: what was done; by whom; what became of it; a time in brackets`},
		"a time there is not":      {strings.Replace(good, "[slowest fix]", "[alerts]", 1), "one of first alert, first fix, slowest fix, time taken"},
		"more after the end":       {good + "One hour passes.\n", `bad.txt:8: "One hour passes." comes after what is in the end`},
		"an unknown figure":        {strings.Replace(good, "all is well", "[luck] happened", 1), "bad.txt:7: [luck] is no figure; there are: alerts, first alert, first fix, slowest fix, tasks started, time taken"},
		"an unknown verb":          {with("Please: hush!"), `bad.txt:4: "Please: hush!" is not a sentence that scenarios know`},
		"a misspelt verb":          {with("The pipeline regsters the task definition web."), `"regsters" stands where "registers" is expected; the nearest sentence is "<who> registers the[ <platform>] task definition <name>."`},
		"an unknown person":        {with("The emperor turns the account default off."), `nobody is called "emperor"; there are: administrator, application, guard, pipeline, root`},
		"an unknown state":         {with("Root turns the account default sideways."), `"sideways" is none of: off, on`},
		"a call there is not":      {with("AWS throttles the next two PutSettings calls of the guard."), `"PutSettings" is none of: CreateCapacityProvider, CreateService, `},
		"no number":                {with("Expect several alerts."), `"several" is not a number`},
		"an impossible number":     {with("Expect between five and two alerts."), "nothing is between 5 and 2"},
		"no time":                  {with("A while passes."), `"A while passes" is not a time such as ten minutes`},
		"an unknown unit":          {with("Two weeks pass."), `"weeks" is not a unit of time: seconds, minutes, hours or days`},
		"how often":                {with("Expect the guard to have fixed the setting often."), `"often" is not`},
		"a text without quotes":    {with("Expect one alert that says hello."), "hello stands where a text in quotation marks is expected"},
		"half a quotation":         {with(`Expect one alert that says "hello.`), "a quotation mark has no partner"},
		"a sentence that ends":     {with("Expect the account default to be."), `it ends where "<state>" is expected`},
		"a sentence that goes on":  {with("Root deletes the account default today."), `it goes on with "today" where it should end`},
		"a repeated expectation":   {with("Two times, expect one alert."), "only what someone does can be repeated"},
		"a policy that comes late": {with("The policy audits task-exposed."), "what the policy says has to come first"},
		"a rule there is not":      {with("The policy audits task-happiness."), `"task-happiness" is none of: `},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse("bad.txt", c.text)
			switch {
			case err == nil:
				t.Error("it is taken for a scenario")
			case !strings.Contains(err.Error(), c.want):
				t.Errorf("the error does not say %s:\n%v", c.want, err)
			case !strings.HasPrefix(err.Error(), "bad.txt:"):
				t.Errorf("the error does not begin with file and line:\n%v", err)
			case !strings.Contains(err.Error(), "<who> turns the account default <state>."):
				t.Errorf("the error does not say what scenarios know:\n%v", err)
			}
		})
	}
}

func TestEveryFaultyLineIsReported(t *testing.T) {
	_, err := parse("bad.txt", "A story.\n\nHush!\nExpect many alerts.\n")
	if err == nil || !strings.Contains(err.Error(), "bad.txt:3:") || !strings.Contains(err.Error(), "bad.txt:4:") {
		t.Errorf("not both lines are in the error: %v", err)
	}
}

// TestSentencesMeanOneThing reads every line of every scenario.
func TestSentencesMeanOneThing(t *testing.T) {
	scenarios, err := Choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		for _, step := range s.steps {
			words, err := wordsOf(step.text)
			if err != nil {
				t.Fatal(err)
			}
			words = (&step).repeated(words)
			var fitting []string
			for _, known := range language() {
				if _, _, err := known.match(words); err == nil {
					fitting = append(fitting, known.form)
				}
			}
			if len(fitting) != 1 {
				t.Errorf("%s:%d: %q can be read as %q", s.file, step.line, step.text, fitting)
			}
		}
	}
}

func TestEverySentenceDoesOneThing(t *testing.T) {
	known := slots()
	for _, s := range sentences() {
		n := 0
		for _, set := range []bool{s.given != nil, s.do != nil, s.expect != nil} {
			if set {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q does %d things", s.form, n)
		}
		for _, variant := range variants(s.form) {
			for _, word := range strings.Fields(variant) {
				if name, ok := slotName(word); ok && known[name].take == nil {
					t.Errorf("%q has a slot {%s} that nothing can fill", s.form, name)
				}
			}
		}
	}
}

// TestTheVocabularyIsDocumented holds the list in scenarios/README.md.
func TestTheVocabularyIsDocumented(t *testing.T) {
	const file, mark = "scenarios/README.md", "\n## Every sentence\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(text), mark)
	if !ok {
		t.Fatalf("%s has no heading%s", file, mark)
	}
	want := "\nIn brackets is what may be left out; of words with | between them, take one.\n\n```\n" + vocabulary() + "```\n"
	if *update {
		if err := os.WriteFile(file, []byte(before+mark+want), 0o644); err != nil {
			t.Fatal(err)
		}
		after = want
	}
	if after != want {
		t.Errorf("%s lists other sentences than scenarios know; write it anew with -update", file)
	}
}

// TestSentencesThatNoScenarioUses lets them mean what they say.
func TestSentencesThatNoScenarioUses(t *testing.T) {
	for name, text := range map[string]string{
		"an override that root deletes": `
The application turns FIPS mode off for itself.
Root deletes the override of the application.
Expect FIPS mode to be on for the application.`,
		"an event that comes twice": `
EventBridge duplicates the next event of the administrator.
The administrator turns the account default off.
Expect the guard to have fixed the setting once.
Expect one successful PutAccountSettingDefault call of the guard.
Expect one alert.`,
		"an event that comes late": `
EventBridge reorders the next event of the administrator.
The administrator turns the account default off.
Expect the account default to be on.`,
		"a guard whom AWS denies a call": `
AWS denies the next PutAccountSettingDefault call of the guard.
The administrator turns the account default off.
Expect one denied PutAccountSettingDefault call of the guard.
Expect no event in the dead-letter queue.
Expect the account default to be on.`,
		"calls that fail": `
AWS fails the next call of the guard.
The administrator turns the account default off.
Expect the account default to be on.`,
		"connections that drop": `
AWS drops the next two calls of the guard.
The administrator turns the account default off.
Expect the account default to be on.`,
		"a rule that is ignored": `
The policy ignores task-definition-platform.
The pipeline registers two Windows task definitions named billing.
Expect the task definition billing-1:1 to be active.
Expect no alerts.`,
		"a service that is scaled to zero": `
The policy enforces service-platform.
The policy lets the guard scale services to zero.
The pipeline registers the task definition web.
The pipeline creates the service web with two tasks on platform version 1.3.0.
Expect one successful UpdateService call of the guard that says "desiredCount".
Ten minutes pass.
Expect no task to go on.`,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(name, "A story.\n"+text+"\nAt a glance: it; by it; so; [time taken].\nIn the end: so it is.")
			if err != nil {
				t.Fatal(err)
			}
			result, err := s.Run(t.Context(), Options{Now: standing})
			if err != nil {
				t.Fatal(err)
			}
			for _, unmet := range result.Unmet {
				t.Error(unmet)
			}
		})
	}
}

// FuzzRead: whatever a line holds, it is one step or an error.
func FuzzRead(f *testing.F) {
	known := language()
	for _, file := range fileNames() {
		text, err := files.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f.Add(strings.TrimSpace(line))
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := read(known, line)
		if err == nil && (s.sentence.form == "" || s.times < 1) {
			t.Errorf("%q is a step that does nothing: %+v", line, s)
		}
	})
}
