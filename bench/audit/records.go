package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// account is what the records of an account have in common: people, roles and
// resources that appear again and again, which is what makes CloudTrail's logs
// compress to a twelfth.
type account struct {
	id       string
	sessions []session
	names    []string // of buckets, keys, tables, functions, instances
}

// session is a caller as records name it, in JSON.
type session struct {
	identity, address, agent string
}

// newAccount makes an account up.
func newAccount(id string, r *rand.Rand) *account {
	a := &account{id: id}
	for range 200 {
		a.names = append(a.names, pick(r, "prod", "staging", "dev")+"-"+pick(r, "orders", "billing", "search", "ingest", "reports", "auth")+"-"+hexDigits(r, 8))
	}
	for range 30 {
		a.sessions = append(a.sessions, a.newSession(r))
	}
	return a
}

func (a *account) newSession(r *rand.Rand) session {
	role := pick(r, "Admin", "ReadOnly", "Deploy", "ecsTaskRole", "lambda-exec", "Backup", "monitoring-collector", "terraform")
	name := pick(r, "i-0"+hexDigits(r, 16), "jane.doe@example.com", "botocore-session-17723"+digits(r, 5), "GitHubActions", a.names[r.IntN(len(a.names))])
	id, created := "AROA"+capitals(r, 17), "2026-03-01T0"+digits(r, 1)+":1"+digits(r, 1)+":0"+digits(r, 1)+"Z"
	s := session{
		identity: `{"type":"AssumedRole","principalId":"` + id + `:` + name + `","arn":"arn:aws-us-gov:sts::` + a.id + `:assumed-role/` + role + `/` + name + `","accountId":"` + a.id +
			`","accessKeyId":"ASIA` + capitals(r, 16) + `","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"` + id + `","arn":"arn:aws-us-gov:iam::` + a.id + `:role/` + role +
			`","accountId":"` + a.id + `","userName":"` + role + `"},"attributes":{"creationDate":"` + created + `","mfaAuthenticated":"false"}}}`,
		address: pick(r, "10.", "172.", "198.") + digits(r, 2) + "." + digits(r, 2) + "." + digits(r, 2),
		agent: pick(r, "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#5.10.210-201.852.amzn2.x86_64 md/arch#x86_64 lang/python#3.9.16 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.69",
			"aws-cli/2.15.30 Python/3.11.8 Linux/5.10.0 exe/x86_64.ubuntu.22 prompt/off command/"+pick(r, "s3api.get-bucket-acl", "ec2.describe-instances"),
			"APN/1.0 HashiCorp/1.0 Terraform/1.7.5 (+https://www.terraform.io) terraform-provider-aws/5.41.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.25.3 os/linux lang/go#1.21.8",
			"aws-sdk-java/2.25.11 Linux/5.10.210 OpenJDK_64-Bit_Server_VM/17.0.10+7-LTS Java/17.0.10 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/standard"),
	}
	if r.IntN(5) == 0 {
		service := pick(r, "lambda", "config", "autoscaling", "ec2", "cloudtrail", "ecs", "ecs-tasks", "elasticloadbalancing") + ".amazonaws.com"
		s.identity, s.address, s.agent = `{"type":"AWSService","invokedBy":"`+service+`"}`, service, service
	}
	return s
}

// call is an API call as it appears in the logs.
type call struct {
	source, name string
	readOnly     bool
	share        int // of all records
	// details returns the request's parameters and the answer, in JSON.
	details func(r *rand.Rand, a *account) (request, response string)
}

var calls = []call{
	{"ec2", "DescribeInstances", true, 160, func(r *rand.Rand, a *account) (string, string) {
		return `{"instancesSet":{"items":[{"instanceId":"i-0` + a.name(r) + `"}]},"filterSet":{}}`, "null"
	}},
	{"ec2", "DescribeNetworkInterfaces", true, 90, func(r *rand.Rand, a *account) (string, string) {
		return `{"networkInterfaceIdSet":{},"filterSet":{"items":[{"name":"description","valueSet":{"items":[{"value":"` + a.name(r) + `"}]}}]}}`, "null"
	}},
	{"kms", "Decrypt", true, 150, func(r *rand.Rand, a *account) (string, string) {
		return `{"encryptionContext":{"aws:s3:arn":"arn:aws-us-gov:s3:::` + a.name(r) + `"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`, "null"
	}},
	{"kms", "GenerateDataKey", true, 90, func(r *rand.Rand, a *account) (string, string) {
		return `{"keySpec":"AES_256","encryptionContext":{"aws:s3:arn":"arn:aws-us-gov:s3:::` + a.name(r) + `"},"keyId":"arn:aws-us-gov:kms:us-gov-west-1:` + a.id + `:key/` + a.name(r) + `"}`, "null"
	}},
	{"sts", "AssumeRole", true, 130, func(r *rand.Rand, a *account) (string, string) {
		name := a.name(r)
		return `{"roleArn":"arn:aws-us-gov:iam::` + a.id + `:role/` + name + `","roleSessionName":"` + name + `","durationSeconds":3600}`,
			`{"credentials":{"accessKeyId":"ASIA` + capitals(r, 16) + `","sessionToken":"` + capitals(r, 40) + `","expiration":"Mar 1, 2026, 4:11:47\u202fPM"},"assumedRoleUser":{"assumedRoleId":"AROA` + name + `:` + name + `","arn":"arn:aws-us-gov:sts::` + a.id + `:assumed-role/` + name + `/` + name + `"}}`
	}},
	{"s3", "GetBucketAcl", true, 70, func(r *rand.Rand, a *account) (string, string) {
		name := a.name(r)
		return `{"bucketName":"` + name + `","Host":"` + name + `.s3.us-gov-west-1.amazonaws.com","acl":""}`, "null"
	}},
	{"logs", "CreateLogStream", false, 60, func(r *rand.Rand, a *account) (string, string) {
		return `{"logGroupName":"/aws/lambda/` + a.name(r) + `","logStreamName":"2026/03/01/[$LATEST]` + a.name(r) + hexDigits(r, 6) + `"}`, "null"
	}},
	{"ssm", "UpdateInstanceInformation", false, 60, func(r *rand.Rand, a *account) (string, string) {
		return `{"instanceId":"i-0` + a.name(r) + `","agentVersion":"3.2.2303.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2","iPAddress":"10.1.2.3","computerName":"ip-10-1-2-3.us-gov-west-1.compute.internal","agentName":"amazon-ssm-agent","availabilityZone":"us-gov-west-1a"}`, "null"
	}},
	{"monitoring", "DescribeAlarms", true, 50, func(r *rand.Rand, a *account) (string, string) {
		return `{"alarmNamePrefix":"TargetTracking-table/` + a.name(r) + `","maxRecords":100}`, "null"
	}},
	{"elasticloadbalancing", "DescribeTargetHealth", true, 50, func(r *rand.Rand, a *account) (string, string) {
		return `{"targetGroupArn":"arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:` + a.id + `:targetgroup/` + a.name(r) + `"}`, "null"
	}},
	{"dynamodb", "DescribeTable", true, 40, func(r *rand.Rand, a *account) (string, string) { return `{"tableName":"` + a.name(r) + `"}`, "null" }},
	{"iam", "GetRole", true, 30, func(r *rand.Rand, a *account) (string, string) { return `{"roleName":"` + a.name(r) + `"}`, "null" }},
	{"iam", "PutRolePolicy", false, 15, func(r *rand.Rand, a *account) (string, string) {
		name := a.name(r)
		return `{"roleName":"` + name + `","policyName":"inline","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"arn:aws-us-gov:s3:::` + name + `/*\"}]}"}`, "null"
	}},
	{"cloudtrail", "DescribeTrails", true, 10, func(*rand.Rand, *account) (string, string) {
		return `{"includeShadowTrails":true,"trailNameList":[]}`, "null"
	}},
	{"ec2", "RunInstances", false, 5, func(r *rand.Rand, a *account) (string, string) {
		name, item := a.name(r), ""
		for i := range 3 {
			item += `{"instanceId":"i-0` + hexDigits(r, 16) + `","imageId":"ami-0abcdef1234567890","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-1-2-3.ec2.internal","amiLaunchIndex":` + strconv.Itoa(i) +
				`,"instanceType":"m5.large","placement":{"availabilityZone":"us-gov-west-1a","tenancy":"default"},"monitoring":{"state":"disabled"},"subnetId":"subnet-0123456789abcdef0","vpcId":"vpc-0123456789abcdef0","hypervisor":"xen","ebsOptimized":false},`
		}
		return `{"instancesSet":{"items":[{"imageId":"ami-0abcdef1234567890","minCount":3,"maxCount":3,"keyName":"` + name + `"}]},"userData":"<sensitiveDataRemoved>"}`,
			`{"requestId":"` + uuid(r) + `","reservationId":"r-0` + hexDigits(r, 16) + `","instancesSet":{"items":[` + item[:len(item)-1] + `]}}`
	}},
}

// rare are ECS's calls, a few among a million.
var rare = []call{
	{"ecs", "DescribeTasks", true, 3, func(r *rand.Rand, a *account) (string, string) {
		return `{"cluster":"` + a.name(r) + `","tasks":["` + hexDigits(r, 32) + `"]}`, "null"
	}},
	{"ecs", "RunTask", false, 2, func(r *rand.Rand, a *account) (string, string) {
		return `{"cluster":"c","launchType":"FARGATE","taskDefinition":"` + a.name(r) + `:1","count":1}`,
			`{"tasks":[{"taskArn":"arn:aws-us-gov:ecs:us-gov-west-1:` + a.id + `:task/c/` + hexDigits(r, 32) + `","launchType":"FARGATE","lastStatus":"PROVISIONING"}],"failures":[]}`
	}},
}

func (a *account) name(r *rand.Rand) string { return a.names[r.IntN(len(a.names))] }

// choose picks a call by its share.
func choose(r *rand.Rand, from []call) call {
	sum := 0
	for _, c := range from {
		sum += c.share
	}
	n := r.IntN(sum)
	for _, c := range from {
		if n -= c.share; n < 0 {
			return c
		}
	}
	return from[0]
}

// appendRecord writes a record as CloudTrail does, on one line.
func (a *account) appendRecord(to []byte, r *rand.Rand, region string, at time.Time, c call) []byte {
	s := a.sessions[r.IntN(len(a.sessions))]
	request, response := c.details(r, a)
	to = append(to, `{"eventVersion":"1.09","userIdentity":`...)
	to = append(to, s.identity...)
	to = append(to, `,"eventTime":"`...)
	to = at.AppendFormat(to, timeLayout)
	to = append(to, `","eventSource":"`+c.source+`.amazonaws.com","eventName":"`+c.name+`","awsRegion":"`+region+`","sourceIPAddress":"`...)
	to = append(to, s.address+`","userAgent":"`+s.agent+`","requestParameters":`+request+`,"responseElements":`+response...)
	to = append(to, `,"requestID":"`+uuid(r)+`","eventID":"`+uuid(r)+`","readOnly":`...)
	to = strconv.AppendBool(to, c.readOnly)
	to = append(to, `,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"`+a.id+`","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"`+c.source+"."+region...)
	return append(to, `.amazonaws.com"}}`...)
}

// setting is the call that turns the default on or off.
func setting(value string) call {
	body := `{"name":"fargateFIPSMode","value":"` + value + `"`
	return call{source: "ecs", name: "PutAccountSettingDefault", details: func(_ *rand.Rand, a *account) (string, string) {
		return body + "}", `{"setting":` + body + `,"principalArn":"arn:aws-us-gov:iam::` + a.id + `:role/Admin"}}`
	}}
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func letters(r *rand.Rand, n int, alphabet string) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

func hexDigits(r *rand.Rand, n int) string { return letters(r, n, "0123456789abcdef") }
func digits(r *rand.Rand, n int) string    { return letters(r, n, "123456789") }
func capitals(r *rand.Rand, n int) string {
	return letters(r, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
}

func uuid(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
}
