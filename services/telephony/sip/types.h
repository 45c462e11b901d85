// Plain data exchanged between the SIP layer and the call layer: configuration, descriptions of calls and of media. No
// libre types, so that any thread may hold them.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/telephony/sip/limits.h"

namespace hotline::telephony {

using SessionId = std::uint64_t;  // never reused within a process; 0 is none

enum class Transport { kUdp, kTcp };

struct Endpoint {
  std::string address;  // numeric IPv4 or IPv6, without brackets
  std::uint16_t port = 0;
  Transport transport = Transport::kUdp;
  bool operator==(const Endpoint&) const = default;
};

struct Credentials {
  std::string username;
  std::string password;
};

// A number may be dialled through a trunk only if one of its rules fits; the longest prefix decides.
struct DialRule {
  std::string prefix;       // digits, may begin with '+'; empty fits every number
  std::size_t strip = 0;    // characters taken from the front
  std::string prepend;      // put in front afterwards
};

struct TrunkConfig {
  std::string id;
  std::vector<std::string> peers;            // CIDR blocks or addresses whose requests belong to this trunk
  std::optional<Endpoint> target;            // where outbound calls go; without it the trunk is inbound only
  std::optional<Credentials> credentials;    // answers to the carrier's digest challenges
  std::string from_domain;                   // host part of From and To; the target's address if empty
  std::size_t capacity = 0;                  // calls at once in both directions; 0 is no limit of its own
  std::vector<DialRule> dial_rules;          // none: nothing may be dialled
  bool trust_asserted_identity = false;      // take the caller from P-Asserted-Identity (RFC 3325)
  bool health_check = true;                  // ping the target with OPTIONS
};

struct StackConfig {
  std::vector<Endpoint> listen;              // a specific address each, not a wildcard; port 0 lets the kernel choose
  std::string public_address;                // told in Contact instead, for peers beyond address translation; empty: as listened
  std::string user_agent = "Hotline";
  std::vector<TrunkConfig> trunks;
  std::size_t max_sessions = kDefaultMaxSessions;
  double max_new_calls_per_second = kDefaultMaxNewCallsPerSecond;
  std::uint32_t session_expires_seconds = kDefaultSessionExpiresSeconds;  // 0 offers no session timer
  std::uint32_t min_session_expires_seconds = kMinSessionExpiresSeconds;
  std::uint64_t health_interval_ms = kDefaultHealthIntervalMs;
};

// ---- media, as the call layer sees it (RFC 8866, RFC 3264)

enum class Codec { kPcma, kPcmu };
enum class Direction { kInactive, kSendOnly, kRecvOnly, kSendRecv };  // from the local side

// What we offer or answer with.
struct LocalAudio {
  std::string address;                 // where we receive RTP
  std::uint16_t port = 0;
  std::vector<Codec> codecs = {Codec::kPcma, Codec::kPcmu};  // in order of preference
  bool telephone_event = true;         // RFC 4733
  Direction direction = Direction::kSendRecv;
};

// What both sides agreed on.
struct NegotiatedAudio {
  std::string remote_address;
  std::uint16_t remote_port = 0;
  Codec codec = Codec::kPcma;
  std::uint8_t payload_type = 8;                       // of the codec, both ways
  std::optional<std::uint8_t> telephone_event_send;    // payload type the peer expects digits with
  std::optional<std::uint8_t> telephone_event_receive; // payload type the peer sends digits with
  std::uint32_t ptime_ms = 20;                         // what the peer likes to receive
  Direction direction = Direction::kSendRecv;          // ours: kSendOnly or kInactive is "the peer holds us" or we hold it
  bool operator==(const NegotiatedAudio&) const = default;
};

// ---- calls

struct InviteInfo {
  std::string trunk;
  std::string caller;          // cleaned user part: digits, letters, + * # . _ -; empty if withheld or not fit to be shown
  std::string callee;          // cleaned user part of the Request-URI
  bool caller_asserted = false;// from P-Asserted-Identity of a trunk trusted for it
  bool privacy = false;        // the caller asked not to be shown (RFC 3323)
  std::string diverted_from;   // user part of the first Diversion or History-Info, cleaned
  std::string call_id;         // the SIP Call-ID, for tracing; text of the peer's choosing, limited and printable
  std::string user_agent;      // cleaned, informative
  bool has_offer = false;      // false: the answer comes with ACK, our 200 carries the offer
};

struct DialRequest {
  std::string trunk;
  std::string number;                  // digits, may begin with '+'; judged by the trunk's dial rules
  std::string caller;                  // number to show; the same characters as a callee
  std::string caller_name;             // optional display name
  LocalAudio audio;
  std::uint64_t ring_timeout_ms = kDefaultRingTimeoutMs;
};

enum class DialError { kNone, kUnknownTrunk, kNoTarget, kTrunkDown, kNotAllowed, kBadNumber, kBadCaller, kCapacity, kTransport };

enum class EndReason {
  kLocalHangup,     // Bye, Reject or Cancel of ours
  kRemoteHangup,    // BYE from the peer
  kCancelled,       // CANCEL before we answered
  kRejected,        // the peer refused; sip_code says how
  kNoAnswer,        // ring time over
  kTimeout,         // no response at all (408) or no ACK
  kSessionExpired,  // RFC 4028: the refresh did not come
  kProtocol,        // the peer's answer was unusable
  kTransport,       // could not be sent
  kShutdown,        // the stack stops
};

struct EndInfo {
  EndReason reason = EndReason::kLocalHangup;
  int sip_code = 0;            // final response or Reason header's SIP cause if there was one, else 0
};

struct ReferInfo {
  std::string target_user;     // cleaned user part of Refer-To
  std::string target_host;
  std::string replaces;        // Call-ID of the dialog to be replaced (RFC 3891), empty if none
  std::string replaces_to_tag;
  std::string replaces_from_tag;
};

// Written by the SIP loop, read by anyone (metrics).
struct SipCounters {
  std::atomic<std::uint64_t> sessions{0};            // live now
  std::atomic<std::uint64_t> invites_in{0};
  std::atomic<std::uint64_t> invites_out{0};
  std::atomic<std::uint64_t> answered_in{0};
  std::atomic<std::uint64_t> answered_out{0};
  std::atomic<std::uint64_t> refused_source{0};      // 403: no trunk has that address
  std::atomic<std::uint64_t> refused_overload{0};    // 503
  std::atomic<std::uint64_t> refused_malformed{0};   // 400 and kin, by the strict check
  std::atomic<std::uint64_t> ack_timeouts{0};
  std::atomic<std::uint64_t> session_timer_expiries{0};
  std::atomic<std::uint64_t> stray_responses{0};
};

const char* EndReasonName(EndReason reason);
const char* DialErrorName(DialError error);

}  // namespace hotline::telephony
