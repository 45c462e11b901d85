// The messages of the REST API and of the desk socket, as proto3 JSON writes them: every field may be left out when it
// has its default value.
export * from "./scalars";
export * from "./directory";
export * from "./ticket";
export * from "./agents";
export * from "./telephony";
export * from "./queues";
export * from "./knowledge";
export * from "./flows";
export * from "./analytics";
export * from "./access";
