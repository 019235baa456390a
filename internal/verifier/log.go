package verifier

import (
	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
)

// record writes a scan into the log and the metrics. Findings are in the
// report, of which the log has the counts.
func (v *Verifier) record(found scan.Result) {
	r := found.Report
	for _, err := range found.Failures {
		v.Log.Error("not read", "error", err.Error())
	}
	for _, o := range r.Outcomes {
		v.Log.Info("outcome", "rule", o.Remediation.Rule, "subject", o.Remediation.Subject,
			"api", o.Remediation.Call.API(), "result", o.Result.String(), "detail", o.Detail)
	}
	v.Log.Info("scan", "status", r.Status().String(), "findings", len(r.Findings), "clusters", len(r.Coverage.Clusters))
	// What is still open is counted by its events already; here it would count each hour.
	v.Metrics.Emit(guard.Report{Outcomes: r.Outcomes}, v.Now())
	v.Metrics.EmitProofs(r, v.Now())
	if len(r.Findings) > 0 && r.Findings[0].Verdict != guard.InsufficientData {
		v.Metrics.EmitLook(v.Now()) // the account default, which comes first, could be read
	}
}
