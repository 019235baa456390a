package enforcer

import (
	"context"
	"log/slog"

	"fipsguard/internal/guard"
)

// record writes a report into the log, a line for each finding and each
// outcome, and into the metrics. slog's JSON escapes what events bring.
func (e *Enforcer) record(ctx context.Context, r guard.Report) {
	log := e.Log.With("eventID", r.Cause.EventID, "eventName", r.Cause.EventName, "account", r.Cause.Account, "region", r.Cause.Region)
	for _, f := range r.Findings {
		log.Log(ctx, level(f.Severity), "finding", "rule", f.Rule, "subject", f.Subject,
			"verdict", f.Verdict.String(), "severity", f.Severity.String(), "reason", f.Reason, "actor", r.Cause.Actor.Name, "tool", r.Cause.Actor.Program())
	}
	for _, o := range r.Outcomes {
		at := slog.LevelInfo
		if !o.Result.Accepted() && o.Result != guard.RefusedByPolicy {
			at = slog.LevelError
		}
		log.Log(ctx, at, "outcome", "rule", o.Remediation.Rule, "subject", o.Remediation.Subject,
			"api", o.Remediation.Call.API(), "result", o.Result.String(), "detail", o.Detail)
	}
	e.Metrics.Emit(r, e.Now())
}

func level(s guard.Severity) slog.Level {
	if s > guard.Info {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
