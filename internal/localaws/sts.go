package localaws

func stsOperations() map[string]operation {
	return map[string]operation{
		"sts:GetCallerIdentity": {perform: getCallerIdentity},
	}
}

func getCallerIdentity(c *call) (any, error) {
	return queryAnswer{"https://sts.amazonaws.com/doc/2011-06-15/", struct{ Arn, UserId, Account string }{
		c.principal.CallerARN(), c.principal.principalID(), AccountID,
	}}, nil
}
