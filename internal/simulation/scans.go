package simulation

import (
	"context"
	"errors"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// What the verifier's last scan must have found.

func (a *Account) lastReport() (evidence.Document, error) {
	reports := a.scanned()
	if len(reports) == 0 {
		return evidence.Document{}, errors.New("the verifier has not scanned the account")
	}
	return reports[len(reports)-1], nil
}

func scanReports(_ context.Context, a *Account, said phrase) (string, error) {
	report, err := a.lastReport()
	if err != nil || report.Status == said.verdict {
		return "", err
	}
	return "it reports " + report.Status.String(), nil
}

func scanConfirms(_ context.Context, a *Account, said phrase) (string, error) {
	report, err := a.lastReport()
	if said.on {
		return instead(said.count, report.Kernels.On), err
	}
	return instead(said.count, report.Kernels.Off), err
}

func scanCouldNotCheck(_ context.Context, a *Account, said phrase) (string, error) {
	report, err := a.lastReport()
	return instead(said.count, report.Kernels.CouldNotBeChecked), err
}

func scanLeft(_ context.Context, a *Account, said phrase) (string, error) {
	report, err := a.lastReport()
	return instead(said.count, report.Kernels.NotCheckedYet), err
}

func scanExposed(_ context.Context, a *Account, said phrase) (string, error) {
	report, err := a.lastReport()
	exposed := 0
	for _, task := range report.Tasks {
		if task.Exposed == guard.NonCompliant {
			exposed++
		}
	}
	return instead(said.count, exposed), err
}

func scannedTimes(_ context.Context, a *Account, said phrase) (string, error) {
	return instead(said.count, len(a.scanned())), nil
}
