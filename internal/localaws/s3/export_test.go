package s3

// Algorithm is the one of the checksum that an object came with.
func (o Object) Algorithm() string { return o.checksum.algorithm }
