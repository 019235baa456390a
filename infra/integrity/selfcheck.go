package integrity

// SelfCheck says of the parts whose change the self-check finds by reading back
// what was deployed which calls leave nothing that it reads. Of a part that is not
// here it finds none.
func SelfCheck() map[string][]string {
	return map[string][]string{
		"trails":      nil,
		"rules":       nil,
		"rules-watch": nil,
		"targets":     nil,
		"functions": {
			"CreateFunctionUrlConfig*", "DeleteFunctionCodeSigningConfig*", "PutFunctionCodeSigningConfig*", "PutFunctionRecursionConfig*",
			"PutFunctionScalingConfig*", "PutRuntimeManagementConfig*", "UpdateFunctionUrlConfig*",
		},
		"sources":        nil,
		"queues":         {"PurgeQueue"},
		"roles":          {"AddRoleToInstanceProfile", "CreateRole"},
		"policies":       {"DeletePolicyVersion"},
		"topic":          nil,
		"topic-data":     nil,
		"subscriptions":  nil,
		"key":            {"CreateGrant", "RetireGrant", "RevokeGrant", "TagResource", "UntagResource"},
		"evidence":       {"PutBucketAcl", "PutBucketNotification", "PutBucketOwnershipControls"},
		"logs":           {"DeleteLogStream", "DeleteSubscriptionFilter", "PutSubscriptionFilter"},
		"log-contents":   {"DeleteTransformer", "PutLogGroupDeletionProtection", "PutTransformer"},
		"alarms":         nil,
		"alarm-settings": {"PutCompositeAlarm", "SetAlarmState"},
		"witness":        {"BatchDeleteImage"},
		// What the policy says is read elsewhere.
		"workload-policy":      {"LabelParameterVersion", "PutParameter", "UnlabelParameterVersion"},
		"workload-policy-list": nil,
	}
}
