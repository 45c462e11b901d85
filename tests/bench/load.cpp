// Asks again and again, on as many connections or in as many calls at once as --clients says, and checks every answer.
// Usage: bench_load --kind rest|grpc_create|grpc_sign|grpc_agent|echo --clients N --seconds S --warm-up S, and what load.h says for
// the kind. Prints one JSON line; exit status 1 if an answer was not what it should be.
#include <absl/strings/str_split.h>
#include <boost/asio/io_context.hpp>

#include "tests/bench/load.h"

int main(int argc, char** argv) {
  using namespace hotline::bench;
  const Arguments arguments(argc, argv);
  const std::string kind = arguments.Text("kind");
  boost::asio::io_context io{1};
  Count count(arguments.Int("warm-up", 2), arguments.Int("seconds", 10));
  if (!arguments.Text("items", "").empty()) count.SetItems(absl::StrSplit(arguments.File("items"), '\n', absl::SkipEmpty()));
  for (int i = 0; i < arguments.Int("clients", 16); ++i) {
    if (kind == "rest") StartRest(arguments, io.get_executor(), count);
    else if (kind == "grpc_create") StartGrpcCreate(arguments, io.get_executor(), count);
    else if (kind == "grpc_sign") StartGrpcSign(arguments, io.get_executor(), count);
    else if (kind == "grpc_agent") StartGrpcAgent(arguments, io.get_executor(), count);
    else if (kind == "echo") StartEcho(arguments, io.get_executor(), count);
    else return 2;
  }
  io.run();
  count.Print(kind);
  return count.failed() == 0 ? 0 : 1;
}
