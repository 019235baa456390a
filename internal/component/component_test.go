package component

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"fipsguard/infra/template"

	"github.com/google/go-cmp/cmp"
)

func list(t *testing.T, text []byte) List {
	t.Helper()
	list, err := Of(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// somewhere has a value for everything that the committed templates do not know.
func somewhere(l List) Place {
	known := map[string]string{}
	for _, name := range l.Unknown() {
		if name == "LogGroups" {
			known[name] = "create"
			continue
		}
		known[name] = "arn:aws-us-gov:any:us-gov-west-1:111122223333:any/name/0a1b-" + name
	}
	return Place{Partition: "aws-us-gov", Account: "111122223333", Region: "us-gov-west-1", Known: known}
}

// TestEveryValueCounts: of the committed templates, any one value that is
// another, or gone, is a difference which names its property.
func TestEveryValueCounts(t *testing.T) {
	for name, text := range map[string][]byte{"account": template.JSON(), "organization": template.OrganizationJSON()} {
		t.Run(name, func(t *testing.T) {
			l, compared := list(t, text), 0
			for _, meant := range l.At(somewhere(l)) {
				if meant.Unknown != "" {
					t.Fatalf("%s: %s", meant.Words, meant.Unknown)
				}
				if same := meant.Differences(clone(t, meant.Properties)); len(same) > 0 {
					t.Fatalf("%s differs from itself: %v", meant.Words, same)
				}
				for i := range leaves(meant.Properties) {
					is := clone(t, meant.Properties)
					property := alter(is, i)
					compared++
					differences := meant.Differences(is)
					if len(differences) == 0 || !strings.HasPrefix(differences[0], property) {
						t.Errorf("%s, value %d, of %s, is another: %v", meant.Words, i, property, differences)
					}
				}
				for property := range meant.Properties {
					is := clone(t, meant.Properties)
					delete(is, property)
					if d := meant.Differences(is); len(d) != 1 || !strings.HasPrefix(d[0], property+" is missing") {
						t.Errorf("%s has no %s: %v", meant.Words, property, d)
					}
				}
			}
			if compared < 1000 {
				t.Errorf("only %d values were altered", compared)
			}
		})
	}
}

func clone(t *testing.T, properties map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(properties)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// leaves counts the values.
func leaves(value any) int {
	n := 0
	walk(value, func(any) any { n++; return nil })
	return n
}

// alter makes another of the value with a number, and returns its property.
func alter(properties map[string]any, number int) string {
	n := 0
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		found := false
		properties[name] = walk(properties[name], func(value any) any {
			n++
			if n-1 != number {
				return nil
			}
			found = true
			return fmt.Sprint(value, "-other")
		})
		if found {
			return name
		}
	}
	return "none"
}

// walk hands every value to a function, in order, and puts what it returns in its
// place, unless that is nil.
func walk(value any, visit func(any) any) any {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			value[name] = walk(value[name], visit)
		}
		return value
	case []any:
		for i := range value {
			value[i] = walk(value[i], visit)
		}
		return value
	}
	if other := visit(value); other != nil {
		return other
	}
	return value
}

// TestWhatMeansTheSame: order in lists, and one item for a list of one.
func TestWhatMeansTheSame(t *testing.T) {
	meant := Meant{Type: "AWS::SQS::Queue", Properties: map[string]any{
		"VisibilityTimeout": 30.0, "FifoQueue": true,
		"Policy": map[string]any{"Statement": []any{map[string]any{"Action": "sqs:SendMessage", "Principal": "*", "Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": []any{"a", "b"}}}}}},
	}}
	is := map[string]any{
		"VisibilityTimeout": "30", "FifoQueue": "true", "QueueArn": "arn",
		"Policy": map[string]any{"Statement": map[string]any{"Action": []any{"sqs:SendMessage"}, "Principal": map[string]any{"AWS": "*"}, "Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": []any{"b", "a"}}}}},
	}
	if d := meant.Differences(is); len(d) > 0 {
		t.Errorf("the same differs: %v", d)
	}
	// An empty text in a condition makes a statement apply to nothing.
	is["Policy"].(map[string]any)["Statement"].(map[string]any)["Condition"].(map[string]any)["StringEquals"] = map[string]any{"aws:PrincipalTag/x": ""}
	if d := meant.Differences(is); len(d) != 1 {
		t.Errorf("a condition was added: %v", d)
	}
}

// TestWhatCameOnTop is a difference like what is gone.
func TestWhatCameOnTop(t *testing.T) {
	one := map[string]any{"Protocol": "email", "Endpoint": "soc@example.gov"}
	meant := Meant{Type: "AWS::SNS::Topic", Properties: map[string]any{"Subscriptions": []any{one}}}
	is := map[string]any{"Subscriptions": []any{one, map[string]any{"Protocol": "email", "Endpoint": "mallory@example.com"}}, "DeliveryPolicy": map[string]any{"http": "x"}}
	want := []string{
		`DeliveryPolicy is {"http":"x"}, and was not deployed`,
		`Subscriptions also has {"Endpoint":"mallory@example.com","Protocol":"email"}`,
	}
	if diff := cmp.Diff(want, meant.Differences(is)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	is = map[string]any{"Subscriptions": []any{map[string]any{"Protocol": "email", "Endpoint": "soc@example.gov", "FilterPolicy": "{}"}}}
	if diff := cmp.Diff([]string{"Subscriptions.FilterPolicy is {}, and was not deployed"}, meant.Differences(is)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDifferencesAreBounded(t *testing.T) {
	is := map[string]any{"Environment": map[string]any{"Variables": map[string]any{}}}
	for i := range 50 {
		is["Environment"].(map[string]any)["Variables"].(map[string]any)[fmt.Sprint("V", i)] = strings.Repeat("x", 10_000)
	}
	d := Meant{Type: "AWS::Lambda::Function", Properties: map[string]any{"Environment": map[string]any{"Variables": map[string]any{"A": "b"}}}}.Differences(is)
	if len(d) != mostFaults+1 || d[mostFaults] != "45 more differences" || len(strings.Join(d, "")) > 2000 {
		t.Errorf("%d differences, %d bytes, the last one: %s", len(d), len(strings.Join(d, "")), d[len(d)-1])
	}
}

func TestOnlyWhatIsDecidedIsAccepted(t *testing.T) {
	for template, want := range map[string]string{
		`{"Resources":{"A":{"Type":"AWS::Secret::Thing"}}}`:                                             "does not know the type AWS::Secret::Thing",
		`{"Resources":{"A":{"Type":"AWS::SQS::Queue","Properties":{"Color":"red"}}}}`:                   "decided whether the self-check compares Color",
		`{"Resources":{"A":{"Type":"AWS::SQS::QueuePolicy","Properties":{"Queues":[{"Ref":"None"}]}}}}`: "nothing of the template owns this AWS::SQS::QueuePolicy",
		`[]`: "read the template",
	} {
		if _, err := Of([]byte(template)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", template, err, want)
		}
	}
}

func TestResolution(t *testing.T) {
	l := list(t, []byte(`{
		"Conditions": {"Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]}, "Not": {"Fn::Not": [{"Condition": "Given"}]}, "Both": {"Fn::And": [{"Condition": "Given"}, {"Condition": "Not"}]}, "Any": {"Fn::Or": [{"Condition": "Given"}, {"Condition": "Not"}]}},
		"Resources": {
			"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "q-${AWS::Region}"}, "KmsMasterKeyId": {"Fn::If": ["Given", {"Fn::GetAtt": ["K", "Arn"]}, {"Ref": "AWS::NoValue"}]}}},
			"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [{"Resource": {"Fn::Join": ["/", ["a", {"Ref": "Q"}]]}}]}}},
			"R": {"Type": "AWS::SQS::Queue", "Condition": "Both", "Properties": {"QueueName": "r"}},
			"S": {"Type": "AWS::SQS::Queue", "Condition": "Any", "Properties": {"QueueName": "s"}},
			"U": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": ["u-${Part}-${AWS::Region}", {"Part": {"Fn::Select": [3, {"Fn::Split": ["/", {"Ref": "Q"}]}]}}]}}},
			"T": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "t", "Policy": {"Fn::Transform": {}}}}
		}}`))
	if diff := cmp.Diff([]string{"Email", "K.Arn"}, l.Unknown()); diff != "" {
		t.Errorf("what only CloudFormation knows (-want +got):\n%s", diff)
	}
	const key = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0a1b"
	for email, want := range map[string]any{"": nil, "soc@example.gov": key} {
		place := Place{Partition: "aws-us-gov", Account: "111122223333", Region: "us-gov-west-1", Known: ParseKnown("Email=" + email + "\nK.Arn=" + key)}
		names := map[string]Meant{}
		for _, meant := range l.At(place) {
			names[meant.ID] = meant
		}
		if q := names["Q"]; q.Name != "https://sqs.us-gov-west-1.amazonaws.com/111122223333/q-us-gov-west-1" || q.Words != "queue q-us-gov-west-1" || q.Properties["KmsMasterKeyId"] != want {
			t.Errorf("with email %q: %+v", email, q)
		}
		if k := names["K"]; k.Name != "0a1b" || !strings.Contains(shown(k.Properties), "a/https://sqs.us-gov-west-1") {
			t.Errorf("the key: %+v", k)
		}
		if u := names["U"]; u.Words != "queue u-111122223333-us-gov-west-1" {
			t.Errorf("a part of a text: %+v", u)
		}
		if _, there := names["R"]; there {
			t.Error("a resource whose condition does not hold is missed")
		}
		if _, there := names["S"]; !there {
			t.Error("a resource whose condition holds is not looked for")
		}
		if !strings.Contains(names["T"].Unknown, "Fn::Transform") {
			t.Errorf("an unknown function is taken for something: %+v", names["T"])
		}
	}
	for _, meant := range l.At(Place{}) {
		if (meant.ID == "Q" || meant.ID == "K" || meant.ID == "S") && meant.Unknown == "" {
			t.Errorf("%s is known without any value: %+v", meant.ID, meant)
		}
	}
}

func TestPack(t *testing.T) {
	dictionary := template.Components()
	for _, l := range []List{list(t, template.JSON()), list(t, template.OrganizationJSON())} {
		packed, err := Pack(l, dictionary)
		if err != nil || len(packed) > 1000 {
			t.Fatalf("%d bytes, %v", len(packed), err)
		}
		back, err := Unpack(packed, dictionary)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, back); diff != "" {
			t.Errorf("(-packed +unpacked):\n%s", diff)
		}
		if _, err := Unpack(packed, template.JSON()); err == nil {
			t.Error("a list of another build is believed")
		}
	}
	for _, bad := range []string{"", "x", "!", "KLUv/SAA", "aGVsbG8="} {
		if _, err := Unpack(bad, dictionary); err == nil {
			t.Errorf("%q is a list", bad)
		}
	}
}
