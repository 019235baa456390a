package judge

import (
	"fmt"
	"testing"
)

// on says that the default is on by record 1, off that it is off, nothing that
// no record of the default was found.
const (
	on      = "default 10:00:00 13:00:00 on set 1"
	off     = "default 10:00:00 13:00:00 off set 1"
	nothing = "default 10:00:00 13:00:00 unknown start -"
	omitted = "default 10:00:00 13:00:00 unknown omitted 1"
	unclear = "default 10:00:00 13:00:00 unknown unclear 1"
)

func TestWhichRecordsAreUsed(t *testing.T) {
	put := func(path string, value any) object { return with(set("1", "10:00", "enabled"), path, value) }
	for name, c := range map[string]struct {
		record object
		want   string
	}{
		"errorCode":                            {put("errorCode", "AccessDenied"), nothing},
		"errorCode empty":                      {put("errorCode", ""), on},
		"readOnly true":                        {put("readOnly", true), nothing},
		"readOnly as text":                     {put("readOnly", "true"), nothing},
		"readOnly false as text":               {put("readOnly", "false"), on},
		"readOnly missing":                     {put("readOnly", nil), on},
		"eventCategory missing":                {put("eventCategory", nil), on},
		"eventCategory Data":                   {put("eventCategory", "NetworkActivity"), nothing},
		"eventType missing":                    {put("eventType", nil), on},
		"eventType AwsServiceEvent":            {put("eventType", "AwsServiceEvent"), nothing},
		"eventSource in capitals":              {put("eventSource", "ECS.amazonaws.com"), nothing},
		"eventSource missing":                  {put("eventSource", nil), nothing},
		"a member in another letter case":      {with(put("eventSource", nil), "EventSource", "ecs.amazonaws.com"), nothing},
		"another setting":                      {with(put("requestParameters.name", "containerInsights"), "responseElements.setting.name", "containerInsights"), nothing},
		"the request's name":                   {put("responseElements", nil), on},
		"the answer's name":                    {put("requestParameters.name", "containerInsights"), on},
		"the name in any letter case":          {with(put("requestParameters.name", "FARGATEFIPSMODE"), "responseElements", nil), on},
		"no name at all, no value":             {with(put("requestParameters", object{"omitted": true}), "responseElements", nil), omitted},
		"the request omitted, another setting": {with(put("requestParameters", object{"omitted": "true"}), "responseElements.setting.name", "x"), nothing},
		"no value":                             {with(put("requestParameters.value", nil), "responseElements", nil), omitted},
		"only the answer's value":              {put("requestParameters.value", nil), on},
		"request and answer differ":            {put("responseElements.setting.value", "disabled"), off},
		"request and answer differ otherwise":  {put("requestParameters.value", "disabled"), off},
		"a value that is no text":              {put("requestParameters.value", true), off},
		"on":                                   {with(put("requestParameters.value", "On"), "responseElements", nil), on},
		"a record in another's parameters": {object{"eventID": "2", "eventTime": stamp("10:00"), "eventSource": "s3.amazonaws.com", "eventName": "PutObject",
			"requestParameters": set("1", "10:00", "enabled")}, nothing},
		"a list of records in another": {object{"eventID": "2", "Records": []any{set("1", "10:00", "enabled")}}, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.log("13:30", c.record)
			f.holds(c.want)
		})
	}
}

func TestWhoseSettingItIs(t *testing.T) {
	const iam = "arn:aws-us-gov:iam::" + accountA + ":"
	own := func(path string, value any) object { return with(setOwn("1", "10:00", "enabled"), path, value) }
	caller := func(identity object) object { return own("userIdentity", identity) }
	override := func(principal string) string { return "override " + principal + " 10:00:00 13:00:00 on set 1" }
	for name, c := range map[string]struct {
		record object
		want   []string
	}{
		"the default, whatever the answer's principal": {with(set("1", "10:00", "enabled"), "responseElements.setting.principalArn", iam+"role/Admin"), []string{on, "override"}},
		"target root":                             {own("requestParameters.principalArn", iam+"root"), []string{on, "override"}},
		"caller root":                             {own("userIdentity.type", "Root"), []string{on, "override"}},
		"caller root for a user":                  {with(own("userIdentity.type", "Root"), "requestParameters.principalArn", iam+"user/bob"), []string{nothing, override("user/bob")}},
		"target a user":                           {own("requestParameters.principalArn", iam+"user/path/bob"), []string{nothing, override("user/path/bob")}},
		"target a role":                           {own("requestParameters.principalArn", iam+"role/path/R"), []string{nothing, override("role/path/R")}},
		"target a session":                        {own("requestParameters.principalArn", "arn:aws-us-gov:sts::"+accountA+":assumed-role/R/s"), []string{nothing, override("role/R")}},
		"target of the answer":                    {own("responseElements.setting.principalArn", iam+"user/bob"), []string{nothing, override("user/bob")}},
		"the request's target before":             {with(own("responseElements.setting.principalArn", iam+"user/bob"), "requestParameters.principalArn", iam+"user/al"), []string{nothing, override("user/al")}},
		"target a federated user":                 {own("requestParameters.principalArn", "arn:aws-us-gov:sts::"+accountA+":federated-user/bob"), []string{unclear, "override"}},
		"target a group":                          {own("requestParameters.principalArn", iam+"group/g"), []string{unclear, "override"}},
		"a role's session, by its issuer":         {own("userIdentity.sessionContext", object{"sessionIssuer": object{"arn": iam + "role/path/R"}}), []string{nothing, override("role/path/R")}},
		"a role's session, by its ARN":            {own("x", 1), []string{nothing, override("role/Admin")}},
		"a user":                                  {caller(object{"type": "IAMUser", "arn": iam + "user/bob"}), []string{nothing, override("user/bob")}},
		"a role":                                  {caller(object{"type": "Role", "arn": iam + "role/R"}), []string{nothing, override("role/R")}},
		"a federated user":                        {caller(object{"type": "FederatedUser", "arn": "arn:aws-us-gov:sts::" + accountA + ":federated-user/bob"}), []string{unclear, "override"}},
		"a service":                               {caller(object{"type": "AWSService", "invokedBy": "x.amazonaws.com"}), []string{unclear, "override"}},
		"nobody":                                  {caller(object{}), []string{unclear, "override"}},
		"an unclear deletion is not off":          {with(remove("1", "10:00"), "userIdentity", object{"type": "FederatedUser"}), []string{unclear, "override"}},
		"disabled by somebody unclear is not off": {with(setOwn("1", "10:00", "disabled"), "userIdentity", object{"type": "Unknown"}), []string{unclear, "override"}},
		"the default deleted by root's target":    {with(remove("1", "10:00"), "requestParameters.principalArn", iam+"root"), []string{"default 10:00:00 13:00:00 off deleted 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.log("13:30", c.record)
			f.holds(c.want...)
		})
	}
}

func TestActors(t *testing.T) {
	for want, identity := range map[string]any{
		"a":       object{"arn": "a", "invokedBy": "b", "principalId": "c", "type": "d"},
		"b":       object{"invokedBy": "b", "principalId": "c", "type": "d"},
		"c":       object{"principalId": "c", "type": "d"},
		"d":       object{"type": "d"},
		"unknown": object{},
	} {
		r := used(with(set("1", "10:00", "on"), "userIdentity", identity), where{})
		if r.actor != want {
			t.Errorf("the actor of %v is %q", identity, r.actor)
		}
	}
}

func TestAccountsAndRegionsOfRecords(t *testing.T) {
	t.Run("the record's own before the file's name", func(t *testing.T) {
		f := quiet(t)
		f.log("13:30", with(with(set("1", "10:00", "on"), "recipientAccountId", accountB), "awsRegion", east))
		f.holds(nothing, accountB+" "+east+" default 10:00:00 10:00:01 on set 1")
	})
	t.Run("the caller's account before the file's name", func(t *testing.T) {
		f := quiet(t)
		f.log("13:30", with(with(set("1", "10:00", "on"), "recipientAccountId", nil), "userIdentity.accountId", accountB))
		f.holds(nothing, accountB+" default 10:00:00 10:00:01 on set 1")
	})
	t.Run("the file's name", func(t *testing.T) {
		f := quiet(t)
		f.log("13:30", with(with(set("1", "10:00", "on"), "recipientAccountId", nil), "awsRegion", nil))
		f.holds(on)
	})
	t.Run("other Regions are no places", func(t *testing.T) {
		f := quiet(t)
		f.write(logKey("us-east-1", "10:00"), zip(plainLog(t, with(set("1", "10:00", "off"), "awsRegion", "us-east-1"))))
		f.holds(nothing, "us-east-1 default", "files 3 0")
	})
}

func TestAnEventIDCountsOnce(t *testing.T) {
	f := quiet(t)
	records := []object{set("1", "10:00", "off"), runTask("2", "10:00", object{})}
	f.log("13:30", records...)
	f.log("13:31", records...)
	size := 2*len(plainLog(t)) + 2*len(plainLog(t, records...))
	f.holds(off, "launches 1", fmt.Sprintf("size 4 %d", size))
}

func TestLaunches(t *testing.T) {
	for name, c := range map[string]struct {
		record object
		want   string
	}{
		"each task":                           {runTask("1", "10:00", object{"launchType": "FARGATE"}, object{}), "launches 2"},
		"but those elsewhere":                 {runTask("1", "10:00", object{"launchType": "EC2"}, object{"launchType": "EXTERNAL"}, object{"launchType": "MANAGED_INSTANCES"}, object{}), "launches 1"},
		"no task":                             {runTask("1", "10:00"), "launches 0"},
		"without an answer one":               {with(runTask("1", "10:00"), "responseElements", nil), "launches 1"},
		"unless the request says elsewhere":   {with(with(runTask("1", "10:00"), "responseElements", nil), "requestParameters.launchType", "EC2"), "launches 0"},
		"the answer before the request":       {with(runTask("1", "10:00", object{}), "requestParameters.launchType", "EC2"), "launches 1"},
		"StartTask":                           {with(runTask("1", "10:00", object{}), "eventName", "StartTask"), "launches 1"},
		"CreateService":                       {with(runTask("1", "10:00", object{}), "eventName", "CreateService"), "launches 0"},
		"before the off period":               {runTask("1", "09:59:59", object{}), "launches 0"},
		"in its last second":                  {runTask("1", "10:59:59", object{}), "launches 1"},
		"in the second in which it was ended": {runTask("1", "11:00", object{}), "launches 1"},
		"one second later":                    {runTask("1", "11:00:01", object{}), "launches 0"},
		"failed":                              {with(runTask("1", "10:00", object{}), "errorCode", "x"), "launches 0"},
		"in another Region":                   {with(runTask("1", "10:00", object{}), "awsRegion", east), "launches 0"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.log("09:00", set("a", "10:00", "off"), set("b", "11:00", "on"), c.record)
			f.log("14:00")
			f.holds(c.want, "off 1 3600")
		})
	}
	t.Run("not at the end of the range", func(t *testing.T) {
		f := newFolder(t)
		f.log("09:00", set("a", "10:00", "off"), runTask("1", "13:00", object{}))
		f.log("14:00")
		f.holds("launches 0")
	})
}
