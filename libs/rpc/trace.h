// W3C Trace Context (version 00): which request of the outside world a call is part of. A plain value.
#pragma once

#include <string>
#include <string_view>

namespace hotline::rpc {

struct Trace {
  std::string trace_id;  // 32 hexadecimal digits
  std::string span_id;   // 16 hexadecimal digits: this call's own
  bool sampled = true;

  static Trace New();
  // The same trace with a new span, or a new trace if `traceparent` is absent or malformed.
  static Trace Continue(std::string_view traceparent);
  std::string Traceparent() const;
};

}  // namespace hotline::rpc
