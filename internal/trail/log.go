package trail

import (
	"strconv"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail/logfile/kept"
)

// FromLog decodes a record of a log file as Decode does its text.
func FromLog(r kept.Record) guard.Event {
	i := r.Identity
	context := session{}
	context.SessionIssuer.value = &sessionIssuer{ARN: text(i.Issuer), UserName: text(i.IssuerName)}
	context.Attributes.value = &sessionAttributes{MFAAuthenticated: flag(i.MFA)}
	var d document
	d.record = record{
		UserIdentity: object[identity]{&identity{
			Type: text(i.Type), UserName: text(i.UserName), ARN: text(i.ARN), AccountID: text(i.AccountID),
			PrincipalID: text(i.PrincipalID), InvokedBy: text(i.InvokedBy),
			SessionContext: object[session]{&context},
			OnBehalfOf:     object[onBehalfOf]{&onBehalfOf{UserID: text(i.OnBehalfOf)}},
		}},
		EventTime: text(r.EventTime), EventSource: r.EventSource, EventName: r.EventName, EventID: r.EventID,
		EventType: r.EventType, EventCategory: r.Category, AWSRegion: r.Region, RecipientAccountID: r.Recipient,
		SourceIPAddress: r.SourceIP, UserAgent: text(r.UserAgent), ErrorCode: r.ErrorCode, FromConsole: flag(r.FromConsole), ReadOnly: flag(strconv.FormatBool(r.ReadOnly)),
		RequestParameters: object[request]{&request{
			Name: text(r.Request.Name), Value: text(r.Request.Value), PrincipalARN: text(r.Request.PrincipalARN),
		}},
		ResponseElements: object[response]{&response{Setting: object[setting]{&setting{
			Name: text(r.Setting.Name), Value: text(r.Setting.Value), PrincipalARN: text(r.Setting.PrincipalARN),
		}}}},
	}
	return d.callEvent(&d.record)
}
