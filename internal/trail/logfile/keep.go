package logfile

import "bytes"

// listed are tasks of the record at hand that are alike.
type listed struct {
	elsewhere         bool
	definition, group value
	count             int
}

// maxListed bounds how many kinds of tasks are told apart in a record; the
// rest are counted together.
const maxListed = 100

// endTask adds the task at hand, whose values are kept from start on, to those
// that are like it.
func (s *scanner) endTask(start int) {
	task := listed{isElsewhere(s.bytes(taskLaunchType)), s.values[taskDefinition], s.values[taskGroup], 1}
	if len(s.listed) >= maxListed {
		task.definition, task.group = value{}, value{}
	}
	for i := range s.listed {
		if l := &s.listed[i]; l.elsewhere == task.elsewhere && s.same(l.definition, task.definition) && s.same(l.group, task.group) {
			l.count++
			s.kept = s.kept[:start]
			return
		}
	}
	s.listed = append(s.listed, task)
}

// isElsewhere reports whether a launch type is none of Fargate.
func isElsewhere(launchType []byte) bool {
	switch string(launchType) {
	case "EC2", "EXTERNAL", "MANAGED_INSTANCES":
		return true
	}
	return false
}

func (s *scanner) same(a, b value) bool {
	return bytes.Equal(s.kept[a.start:a.end], s.kept[b.start:b.end])
}

// bytes is a kept text, or empty for what is none.
func (s *scanner) bytes(m member) []byte {
	v := s.values[m]
	if v.kind != aString {
		return nil
	}
	return s.kept[v.start:v.end]
}

func (s *scanner) text(m member) string { return string(s.bytes(m)) }

// flag is a boolean, which some records write as a text.
func (s *scanner) flag(m member) string {
	if v := s.values[m]; v.kind == aBoolean {
		return string(s.kept[v.start:v.end])
	}
	return s.text(m)
}

// json is a value that is kept as it is written.
func (s *scanner) json(m member) string {
	v := s.values[m]
	if text := string(s.kept[v.start:v.end]); text != "null" {
		return text
	}
	return ""
}

// endRecord keeps the record at hand if it is wanted.
func (s *scanner) endRecord() {
	if !wanted(s.bytes(eventSource), s.bytes(eventName)) {
		return
	}
	failure := s.text(errorCode)
	if kind := s.values[errorCode].kind; kind != absent && kind != aString {
		failure = "unknown"
	}
	r := Record{
		EventID:     s.text(eventID),
		EventName:   s.text(eventName),
		EventSource: s.text(eventSource),
		EventTime:   s.text(eventTime),
		EventType:   s.text(eventType),
		Category:    s.text(category),
		Region:      s.text(region),
		Recipient:   s.text(recipient),
		SourceIP:    s.text(sourceIP),
		UserAgent:   s.text(userAgent),
		ErrorCode:   failure,
		ReadOnly:    s.flag(readOnly) == "true",
		FromConsole: s.flag(fromConsole),
		Identity: Identity{
			Type:        s.text(identityType),
			UserName:    s.text(identityUserName),
			ARN:         s.text(identityARN),
			AccountID:   s.text(identityAccount),
			PrincipalID: s.text(identityPrincipal),
			InvokedBy:   s.text(invokedBy),
			Issuer:      s.text(issuerARN),
			IssuerName:  s.text(issuerName),
			MFA:         s.flag(mfa),
			OnBehalfOf:  s.text(onBehalfOfUser),
		},
		Request: Request{
			Name:              s.text(requestName),
			TrailName:         s.text(requestTrail),
			Value:             s.text(requestValue),
			PrincipalARN:      s.text(requestPrincipal),
			Elsewhere:         isElsewhere(s.bytes(requestLaunchType)),
			TaskDefinition:    s.text(requestDefinition),
			Group:             s.text(requestGroup),
			Selectors:         s.json(selectors),
			AdvancedSelectors: s.json(advancedSelectors),
			MultiRegion:       s.flag(multiRegion),
		},
		Setting:  Setting{Name: s.text(settingName), Value: s.text(settingValue), PrincipalARN: s.text(settingPrincipal)},
		Answered: s.hasList,
	}
	for _, l := range s.listed {
		r.Tasks = append(r.Tasks, Tasks{
			Elsewhere:  l.elsewhere,
			Definition: string(s.kept[l.definition.start:l.definition.end]),
			Group:      string(s.kept[l.group.start:l.group.end]),
			Count:      l.count,
		})
	}
	s.records = append(s.records, r)
}
