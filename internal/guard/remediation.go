package guard

import "strings"

// Call is one AWS API call as data. Its JSON is the call's parameters, named
// as the API names them; two equal calls are the same call.
type Call interface {
	API() string // as IAM writes it: "ecs:PutAccountSettingDefault"
	// Ending is how a headline ends once the call was made.
	Ending() string
	// Immediate reports whether it is done once AWS has answered; otherwise ECS
	// goes on with it.
	Immediate() bool
	// Exposes says what is still at risk after the call; empty when that is the
	// subject as it was found.
	Exposes(Aftermath) string
	// args are the words after "aws ecs".
	args() []string
}

// Aftermath is what became of a call, in words for people.
type Aftermath struct {
	Result  Result
	Between string                   // the time in which the setting was off: "from … until …"
	Name    func(text string) string // makes a name that someone else chose fit to be read
}

// Remediation is the one AWS call that fixes a finding. It is comparable.
type Remediation struct {
	Rule       RuleID
	Subject    string
	Definition string // of a task or service: the task definition's ARN, whose exemption covers it
	Call       Call
	// Unseen: neither a fresh event nor a reading says that the call is needed.
	// It is made to be safe, and what it changed will not be known.
	Unseen bool
}

// Command is the AWS CLI command that makes the same call in a Region, for a
// person to run.
func (a Remediation) Command(region string) string {
	words := append([]string{"aws", "ecs"}, a.Call.args()...)
	words = append(words, "--region", region)
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word for a POSIX shell unless it is plainly safe: the
// names in it come from events that other people caused.
func shellWord(word string) string {
	if isPlain(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func isPlain(word string) bool {
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./:=,@+", r)
	}
	return word != "" && strings.IndexFunc(word, special) < 0
}

// longestPasted bounds a name in a remedy: Security Hub cuts remedies after 512
// characters, and a command that was cut would do something else.
const longestPasted = 256

// pasted is a name as a word of a remedy's command, or a placeholder where it
// could not be pasted as it is shown.
func pasted(name, placeholder string) string {
	if !isPlain(name) || name[0] == '-' || len(name) > longestPasted {
		return placeholder
	}
	return name
}
