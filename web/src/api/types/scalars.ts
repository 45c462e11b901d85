// How proto3 JSON carries the scalars that JavaScript has no type for.
export type Timestamp = string; // RFC 3339
export type Int64 = string | number; // a string on the wire; read it with num()
