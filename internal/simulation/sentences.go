package simulation

// sentences are all that scenarios know.
func sentences() []sentence {
	return []sentence{
		// What the policy says, before anything happens.
		{form: "The policy {mode} {rule}", given: setMode},
		{form: "The policy lets the guard redeploy services with exposed tasks", given: letRedeploy},
		{form: "The policy lets the guard redeploy services with exposed tasks and stop other exposed tasks", given: letRedeployAndStop},
		{form: "The policy lets the guard scale services to zero", given: letScaleToZero},
		{form: "The exemption of task definition {name} ended {duration} ago", given: exemptUntilPast},
		{form: "The exemption of task definition {name} ends in {duration}", given: exemptUntilFuture},

		// Who does what.
		{form: "{who} turns the account default {state}", do: putDefault},
		{form: "Root deletes the account default", do: deleteDefault},
		{form: "{who} turns FIPS mode {state} for {whom}", do: putOverride},
		{form: "{who} deletes the override of {whom}", do: deleteOverride},
		{form: "{who} registers the[ {platform}] task definition {name}", do: registerOne},
		{form: "{who} registers {number}[ {platform}] task definitions named {name}", do: registerMany},
		{form: "{who} registers the[ {platform}] task definition {name} for Managed Instances", do: registerManaged},
		{form: "{who} creates the capacity provider {provider} with FIPS mode {state}", do: createProvider},
		{form: "{who} creates the service {name} with {number} task|tasks[ and {exec}][ on platform version {version}][ on capacity provider {provider}]", do: createService},
		{form: "{who} runs a task of {name}[ with {exec}][ on platform version {version}][ on capacity provider {provider}]", do: runTask},
		{form: "The verifier scans the account", do: scanAccount},
		{form: "The approver writes a policy that {mode} {rule}", do: writeMode},
		{form: "The approver writes a change freeze for {duration}", do: writeFreeze},
		{form: "The approver writes an exemption of task definition {name} for {duration}", do: writeExemption},
		{form: "The approver breaks the policy", do: breakPolicy},
		{form: "The approver deletes the policy", do: deletePolicy},

		// Time passes, and things get lost or break.
		{form: "{duration} pass|passes", do: pass},
		{form: "AWS {fails} the next[ {number}][ {call}] call|calls of {who}", do: injectFault},
		{form: "EventBridge {loses} the next[ {number}][ {call}] event|events of {who}", do: injectFault},
		{form: "The trail stops logging", do: stopTrail},
		{form: "The trail logs again", do: startTrail},
		{form: "The containers of {name} have no cat", do: removeCat},

		// What must have become of it.
		{form: "Expect the account default to be {state}", expect: defaultIs},
		{form: "Expect FIPS mode to be {state} for {who}", expect: effectivelyIs},
		{form: "Expect the guard to have fixed the setting {times}", expect: settingFixed},
		{form: "Expect the guard to have read the setting back", expect: settingReadBack},
		{form: "Expect {count}[ {severity}] alert|alerts[ that say|says {text}]", expect: alerted},
		{form: "Expect {count} event|events in the dead-letter queue[ after {number} attempts]", expect: deadLettered},
		{form: "Expect the task definition {name} to be {status}", expect: definitionIs},
		{form: "Expect {count} {outcome} {call} call|calls of {who}[ that say|says {text}]", expect: called},
		{form: "Expect {count} task|tasks to have {stage}", expect: tasksReached},
		{form: "Expect {count} task|tasks to go on", expect: tasksGoOn},
		{form: "Expect {count} scan|scans", expect: scannedTimes},
		{form: "Expect the scan to report {verdict}", expect: scanReports},
		{form: "Expect the scan to find FIPS mode {state} in {count} kernel|kernels", expect: scanConfirms},
		{form: "Expect the scan to find {count} kernel|kernels that could not be checked", expect: scanCouldNotCheck},
		{form: "Expect the scan to leave {count} kernel|kernels unchecked", expect: scanLeft},
		{form: "Expect the scan to find {count} exposed task|tasks", expect: scanExposed},
	}
}
