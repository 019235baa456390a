package logfile

// member is a place in a log file whose value is kept, or below which there is
// one. Those of one object stand together, its own members behind it, so that
// an object that is repeated can be forgotten with all that it held.
type member uint8

const (
	none member = iota // nothing that matters

	theFile
	theRecords
	theRecord

	eventID
	eventName
	eventSource
	eventTime
	eventType
	category
	region
	recipient
	sourceIP
	userAgent
	errorCode
	readOnly
	fromConsole

	identity
	identityType
	identityUserName
	identityARN
	identityAccount
	identityPrincipal
	invokedBy
	session
	issuer
	issuerARN
	issuerName
	attributes
	mfa
	onBehalfOf
	onBehalfOfUser

	request
	requestName
	requestTrail
	requestValue
	requestPrincipal
	requestLaunchType
	requestDefinition
	requestGroup
	selectors
	advancedSelectors
	multiRegion

	response
	setting
	settingName
	settingValue
	settingPrincipal
	tasks

	theTask
	taskLaunchType
	taskDefinition
	taskGroup

	members
)

// within is the last member that stands below m.
func (m member) within() member {
	switch m {
	case theRecord:
		return tasks
	case identity:
		return onBehalfOfUser
	case session:
		return mfa
	case issuer:
		return issuerName
	case attributes:
		return mfa
	case onBehalfOf:
		return onBehalfOfUser
	case request:
		return multiRegion
	case response:
		return tasks
	case setting:
		return settingPrincipal
	case theTask:
		return taskGroup
	}
	return m
}

// child is the member that a name means in an object.
func (m member) child(name []byte) member {
	switch m {
	case theFile:
		if string(name) == "Records" {
			return theRecords
		}
	case theRecord:
		return ofRecord(name)
	case identity, session, issuer, attributes, onBehalfOf:
		return m.ofIdentity(name)
	case request:
		return ofRequest(name)
	case response:
		switch string(name) {
		case "setting":
			return setting
		case "tasks":
			return tasks
		}
	case setting:
		switch string(name) {
		case "name":
			return settingName
		case "value":
			return settingValue
		case "principalArn":
			return settingPrincipal
		}
	case theTask:
		switch string(name) {
		case "launchType":
			return taskLaunchType
		case "taskDefinitionArn":
			return taskDefinition
		case "group":
			return taskGroup
		}
	}
	return none
}

func ofRecord(name []byte) member {
	switch string(name) {
	case "eventID":
		return eventID
	case "eventName":
		return eventName
	case "eventSource":
		return eventSource
	case "eventTime":
		return eventTime
	case "eventType":
		return eventType
	case "eventCategory":
		return category
	case "awsRegion":
		return region
	case "recipientAccountId":
		return recipient
	case "sourceIPAddress":
		return sourceIP
	case "userAgent":
		return userAgent
	case "errorCode":
		return errorCode
	case "readOnly":
		return readOnly
	case "sessionCredentialFromConsole":
		return fromConsole
	case "userIdentity":
		return identity
	case "requestParameters":
		return request
	case "responseElements":
		return response
	}
	return none
}

func (m member) ofIdentity(name []byte) member {
	switch m {
	case identity:
		switch string(name) {
		case "type":
			return identityType
		case "userName":
			return identityUserName
		case "arn":
			return identityARN
		case "accountId":
			return identityAccount
		case "principalId":
			return identityPrincipal
		case "invokedBy":
			return invokedBy
		case "sessionContext":
			return session
		case "onBehalfOf":
			return onBehalfOf
		}
	case session:
		switch string(name) {
		case "sessionIssuer":
			return issuer
		case "attributes":
			return attributes
		}
	case issuer:
		switch string(name) {
		case "arn":
			return issuerARN
		case "userName":
			return issuerName
		}
	case attributes:
		if string(name) == "mfaAuthenticated" {
			return mfa
		}
	case onBehalfOf:
		if string(name) == "userId" {
			return onBehalfOfUser
		}
	}
	return none
}

func ofRequest(name []byte) member {
	switch string(name) {
	case "name":
		return requestName
	case "trailName":
		return requestTrail
	case "value":
		return requestValue
	case "principalArn":
		return requestPrincipal
	case "launchType":
		return requestLaunchType
	case "taskDefinition":
		return requestDefinition
	case "group":
		return requestGroup
	case "eventSelectors":
		return selectors
	case "advancedEventSelectors":
		return advancedSelectors
	case "isMultiRegionTrail":
		return multiRegion
	}
	return none
}
