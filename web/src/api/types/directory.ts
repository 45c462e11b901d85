import type { Timestamp } from "./scalars";
import type { Role } from "./access";

// What SignIn takes.
export interface SignInRequest {
  userName?: string; // 2 to 64 characters, lower case letters, digits, '.', '_', '-'
  password?: string; // 8 to 128 characters
  clientAddress?: string; // set by the gateway for attempt limits; what a client sends here is overwritten
}

// An access token with the refresh token that renews it.
export interface Tokens {
  accessToken?: string; // JWT, EdDSA, short-lived
  accessExpireTime?: Timestamp; // end of the access token
  refreshToken?: string; // opaque, single use; empty for API keys
  refreshExpireTime?: Timestamp; // end of the refresh token
  user?: User; // the account signed in; unset for API keys
}

// What Refresh takes.
export interface RefreshRequest {
  refreshToken?: string; // the last one received
}

// What ChangePassword takes.
export interface ChangePasswordRequest {
  oldPassword?: string; // the current one
  newPassword?: string; // 10 to 128 characters, not the user name, not a well-known one
}

// A node of the unit tree.
export interface Unit {
  unitId?: string; // chosen by the administrator, e.g. "water-bureau": 2 to 64 characters of a-z, 0-9, '-'
  parentId?: string; // empty for the root
  path?: string; // output: "/root/…/unit_id/", what subtree rights compare
  level?: number; // platform level (DOMAIN §1): 1 city, 2 county and department, 3 township and section
  name?: string; // Chinese name, 1 to 100 characters
  nameEn?: string; // English name, may be empty
  kind?: string; // government_office, county, department, utility, township, section, vertical, company, social, enterprise
  tags?: string[]; // what the unit is responsible for, matched with tickets' tags (TKT-6)
  areaCode?: string; // the administrative area it serves, e.g. "370102"; empty: the whole city
  phone?: string; // duty phone for one-click dial (TKT-26)
  active?: boolean; // false: merged or dissolved; takes no new tickets
  etag?: string; // changes with every update
}

// What ListUnits takes.
export interface ListUnitsRequest {
  parentId?: string; // only the subtree below this unit; empty: all
  pageSize?: number; // 1 to 1000, 0 means 200
  pageToken?: string; // of the previous answer
}

// What ListUnits answers.
export interface ListUnitsResponse {
  units?: Unit[]; // in path order
  nextPageToken?: string; // empty at the end
}

// What GetUnit takes.
export interface GetUnitRequest {
  unitId?: string; // whose
}

// What CreateUnit takes.
export interface CreateUnitRequest {
  unit?: Unit; // path and etag are ignored
  requestId?: string; // a UUID that makes a repetition harmless
}

// What UpdateUnit takes.
export interface UpdateUnitRequest {
  unit?: Unit; // with its etag
  updateMask?: string; // fields to change; empty: all that may change
}

// A person's account.
export interface User {
  userId?: string; // UUIDv7, output
  userName?: string; // the sign-in name
  displayName?: string; // the name colleagues see
  unitId?: string; // where they belong; with the roles it decides what they see
  roles?: Role[]; // at least one
  active?: boolean; // false: may not sign in
  employeeNumber?: string; // 工号, told to callers; empty if none
  unitPath?: string; // output: path of the unit
  etag?: string; // changes with every update
  createTime?: Timestamp; // output
}

// What ListUsers takes.
export interface ListUsersRequest {
  unitId?: string; // only this unit's subtree; empty: all the caller may see
  role?: Role; // only users with this role; unspecified: all
  query?: string; // part of the user or display name
  pageSize?: number; // 1 to 500, 0 means 100
  pageToken?: string; // of the previous answer
}

// What ListUsers answers.
export interface ListUsersResponse {
  users?: User[]; // in user name order
  nextPageToken?: string; // empty at the end
}

// What GetUser takes.
export interface GetUserRequest {
  userId?: string; // whose
}

// What CreateUser takes.
export interface CreateUserRequest {
  user?: User; // user_id, unit_path, etag and create_time are ignored
  password?: string; // the first password
  requestId?: string; // a UUID that makes a repetition harmless
}

// What UpdateUser takes.
export interface UpdateUserRequest {
  user?: User; // with its etag
  updateMask?: string; // fields to change; empty: all that may change
}

// A department system's key, without its secret.
export interface ApiKey {
  apiKeyId?: string; // the middle part of the key
  unitId?: string; // whose tickets it reaches
  label?: string; // what it is for, 1 to 100 characters
  roles?: Role[]; // what it may do, normally ROLE_OFFICER
  createTime?: Timestamp; // output
  expireTime?: Timestamp; // unset: until revoked
  lastUsedTime?: Timestamp; // output, to the minute
  revoked?: boolean; // output
}

// What CreateApiKey takes.
export interface CreateApiKeyRequest {
  apiKey?: ApiKey; // api_key_id and times are ignored, but for expire_time
  requestId?: string; // a UUID that makes a repetition harmless; a repetition does not show the secret again
}

// What CreateApiKey answers.
export interface CreateApiKeyResponse {
  apiKey?: ApiKey; // as kept
  secret?: string; // the whole key "hk_<id>_<secret>"; empty on a repetition
}

// What ListApiKeys takes.
export interface ListApiKeysRequest {
  unitId?: string; // only this unit's; empty: all
  pageSize?: number; // 1 to 500, 0 means 100
  pageToken?: string; // of the previous answer
}

// What ListApiKeys answers.
export interface ListApiKeysResponse {
  apiKeys?: ApiKey[]; // newest first
  nextPageToken?: string; // empty at the end
}

// What RevokeApiKey takes.
export interface RevokeApiKeyRequest {
  apiKeyId?: string; // which
}
