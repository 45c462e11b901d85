// Bridges between libre's C types and C++. SIP loop only, like every libre object. Included by .cpp files alone: the
// headers of this folder stay free of libre.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

extern "C" {
#include <re/re.h>
}
// libre defines these as numbers, which makes lambdas return int.
#undef true
#undef false

#include "services/telephony/sip/types.h"

namespace hotline::telephony {

inline std::string_view View(const pl& text) { return text.p == nullptr ? std::string_view() : std::string_view(text.p, text.l); }
inline pl ToPl(std::string_view text) { return pl{text.data(), text.size()}; }

// Calls f(value) for each value of a header, comma-separated ones one by one.
template <typename F>
void ForEachHeader(const sip_msg* message, sip_hdrid id, F f) {
  sip_msg_hdr_apply(
      message, true, id,
      [](const sip_hdr* header, const sip_msg*, void* arg) {
        (*static_cast<F*>(arg))(View(header->val));
        return false;
      },
      &f);
}

inline std::string_view HeaderValue(const sip_msg* message, sip_hdrid id) {
  const sip_hdr* header = sip_msg_hdr(message, id);
  return header == nullptr ? std::string_view() : View(header->val);
}

inline std::string_view ExtraHeaderValue(const sip_msg* message, const char* name) {
  const sip_hdr* header = sip_msg_xhdr(message, name);
  return header == nullptr ? std::string_view() : View(header->val);
}

// Whether an option tag is among the values of Require, Supported and the like.
inline bool HasToken(const sip_msg* message, sip_hdrid id, std::string_view token) {
  bool found = false;
  ForEachHeader(message, id, [&](std::string_view value) {
    found = found || (value.size() == token.size() && strncasecmp(value.data(), token.data(), token.size()) == 0);
  });
  return found;
}

inline std::string AddressText(const sa& address) {
  char text[64] = "";
  return sa_ntop(&address, text, sizeof text) == 0 ? text : "";
}

inline Transport FromRe(sip_transp transport) { return transport == SIP_TRANSP_UDP ? Transport::kUdp : Transport::kTcp; }
inline sip_transp ToRe(Transport transport) { return transport == Transport::kUdp ? SIP_TRANSP_UDP : SIP_TRANSP_TCP; }
inline Endpoint ToEndpoint(const sa& address, sip_transp transport) {
  return {AddressText(address), sa_port(&address), FromRe(transport)};
}

// Owner of one reference to a libre object.
struct ReDeref {
  void operator()(void* object) const { mem_deref(object); }
};
template <typename T>
using RePtr = std::unique_ptr<T, ReDeref>;

template <typename T>
RePtr<T> Ref(const T* object) {
  return RePtr<T>(static_cast<T*>(mem_ref(const_cast<T*>(object))));
}

}  // namespace hotline::telephony
