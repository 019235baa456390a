package guard

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ReadCall reads a call from its API and its parameters in JSON, as encoding a
// Call writes them.
func ReadCall(api string, parameters []byte) (Call, error) {
	for _, read := range []func([]byte) (Call, error){
		readAs[PutAccountSettingDefault], readAs[PutAccountSetting], readAs[DeregisterTaskDefinition], readAs[StopTask],
		readAs[RollBackService], readAs[ScaleServiceToZero], readAs[ForceNewDeployment],
	} {
		if call, err := read(parameters); err == nil && call.API() == api {
			return call, nil
		}
	}
	return nil, fmt.Errorf("no call of the guard is %s with %s", api, parameters)
}

// readAs takes exactly the parameters that a call has.
func readAs[C Call](parameters []byte) (Call, error) {
	var call C
	if err := json.Unmarshal(parameters, &call); err != nil {
		return nil, err
	}
	written, err := json.Marshal(call)
	if err == nil && !bytes.Equal(written, parameters) {
		err = fmt.Errorf("it has other parameters than %T", call)
	}
	return call, err
}
