// Requests in the manner of RFC 4475's torture test messages, under the names used there: each has the property its section
// describes. Lines end with \n here; Wire() makes them CRLF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotline::telephony::testing {

enum class Fate {
  kAccepted,  // passes the strict check
  kRefused,   // refused by the strict check
  kDropped,   // not even libre takes it for a SIP message
};

struct TortureMessage {
  const char* name;
  Fate fate;
  int answer;  // status of the stack's answer; 0: none
  std::string text;
};

inline std::string Wire(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

inline std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// A sound request around the part under test. The lines given replace nothing; leave the default ones out by name.
inline std::string Request(std::string_view method, std::string_view uri, std::string_view without, std::string_view lines,
                           std::string_view body = "Content-Length: 0\n\n") {
  const std::string m(method);
  static int count = 0;
  const std::string serial = std::to_string(++count);
  std::string out = m + " " + std::string(uri) + " SIP/2.0\n";
  const std::pair<const char*, std::string> defaults[] = {
      {"Via", "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK-" + serial + "\n"},
      {"Max-Forwards", "Max-Forwards: 70\n"},
      {"From", "From: <sip:caller@example.net>;tag=3242\n"},
      {"To", "To: <sip:user@example.com>\n"},
      {"Call-ID", "Call-ID: torture." + serial + "\n"},
      {"CSeq", "CSeq: 1 " + m + "\n"},
      {"Contact", "Contact: <sip:caller@127.0.0.1>\n"},
  };
  for (const auto& [name, line] : defaults) {
    if (("," + std::string(without) + ",").find("," + std::string(name) + ",") == std::string::npos) out += line;
  }
  return out + std::string(lines) + std::string(body);
}

inline const char* kTortureSdp =
    "v=0\no=mhandley 29739 7272939 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.4\nt=0 0\nm=audio 49217 RTP/AVP 0 8\n";

inline std::string WithSdp() {
  const std::string sdp = Wire(kTortureSdp);
  return "Content-Type: application/sdp\nContent-Length: " + std::to_string(sdp.size()) + "\n\n" + kTortureSdp;
}

inline std::vector<TortureMessage> TortureMessages() {
  const std::string uri = "sip:user@example.com";
  const auto accepted = Fate::kAccepted, refused = Fate::kRefused, dropped = Fate::kDropped;
  return {
      // 3.1.1: valid
      {"wsinv", accepted, 200, "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\nTO :\n sip:vivekg@chair-dnrc.example.com\n"
          "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8\nMaX-fOrWaRdS: 0068\n"
          "Call-ID: wsinv.ndaksdj@192.0.2.1\ncseq: 0009\n  INVITE\nVia  : SIP  /   2.0\n /UDP\n    127.0.0.1;rport;branch=390skdjuw\n"
          "s :\nNewFangledHeader:   newfangled value\n continued newfangled value\nUnknownHeaderWithUnusualValue: ;;,,;;,;\n"
          "Route:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\nm:\"Quoted string \\\"\\\"\" <sip:jdrosen@127.0.0.1>\n" + WithSdp()},
      {"intmeth", accepted, 501, Request("!interesting-Method0123456789_*+`.%indeed'~", "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
          "To,From", "To: \"BEL:\\\a NUL:\\x DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>\n"
          "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com> ;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\";tag=_token~1'+`*%!-.\n"
          "extensionHeader-!.%*+_`'~: \xEF\xBB\xBF\xE5\xA4\xA7\n")},
      {"esc01", accepted, 200, Request("INVITE", "sip:sips%3Auser%40example.com@example.net", "To", "To: <sip:%75se%72@example.com>\n", WithSdp())},
      {"escnull", accepted, 405, Request("REGISTER", "sip:example.com", "To,From", "To: <sip:null-%00-null@example.com>\nFrom: <sip:null-%00-null@example.com>;tag=839923423\n")},
      {"esc02", accepted, 501, Request("RE%47IST%45R", "sip:registrar.example.com", "", "")},
      {"lwsdisp", accepted, 200, Request("OPTIONS", uri, "From", "From: caller<sip:caller@example.com>;tag=323\n")},
      {"longreq", accepted, 200, Request("INVITE", uri, "To,Call-ID", "To: \"I have a user name of " + Repeat("extreme ", 12) + "proportion\" <sip:user@example.com:6000;"
          "unknownparam1=very" + Repeat("long", 20) + "value;longparam" + Repeat("name", 25) + "=shortvalue>\nCall-ID: longreq.one" + Repeat("really", 20) + "longcallid\n"
          "Unknown-" + Repeat("Long", 20) + "-Name: unknown-" + Repeat("long", 20) + "-value\nVia: SIP/2.0/TCP sip33.example.com\nv: SIP/2.0/TCP sip32.example.com\n", WithSdp())},
      {"dblreq", accepted, 405, Request("REGISTER", "sip:example.com", "", "", "Content-Length: 0\n\n\nINVITE sip:joe@example.com SIP/2.0\nt: sip:joe@example.com\n\n")},
      {"semiuri", accepted, 200, Request("OPTIONS", "sip:user;par=u%40example.net@example.com", "", "")},
      {"transports", accepted, 200, Request("OPTIONS", uri, "", "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf\nVia: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKuiopqw\n")},
      // 3.1.2: invalid
      {"badinv01", refused, 400, Request("INVITE", uri, "Contact", "Contact: \"Joe\" <sip:joe@example.org>;;;;\n")},
      {"badinv01 in Via", refused, 400, Request("INVITE", uri, "", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\n")},
      {"clerr", refused, 400, Request("INVITE", uri, "", "Content-Type: application/sdp\n", "Content-Length: 9999\n\nv=0\n")},
      {"ncl", refused, 400, Request("INVITE", uri, "", "", "Content-Length: -999\n\n")},
      {"scalar02 CSeq", refused, 400, Request("OPTIONS", uri, "CSeq", "CSeq: 36893488147419103232 OPTIONS\n")},
      {"scalar02 Max-Forwards", refused, 400, Request("OPTIONS", uri, "Max-Forwards", "Max-Forwards: 300\n")},
      {"quotbal", refused, 400, Request("INVITE", uri, "To", "To: \"Mr. J. User <sip:j.user@example.com>\n")},
      {"ltgtruri", refused, 400, Request("INVITE", "<sip:user@example.com>", "", "")},
      {"lwsruri", dropped, 0, Request("INVITE", "sip:user@example.com; lr", "", "")},
      {"lwsstart", dropped, 0, Request("INVITE", " sip:user@example.com", "", "")},
      {"escruri", refused, 400, Request("INVITE", "sip:user@example.com?Route=%3Csip:example.com%3E", "", "")},
      {"regbadct", refused, 400, Request("REGISTER", "sip:example.com", "Contact", "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\n")},
      {"badaspec", refused, 400, Request("OPTIONS", uri, "To", "To: \"Watson, Thomas\" < sip:t.watson@example.org >\n")},
      {"baddn", refused, 400, Request("OPTIONS", uri, "From", "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\n")},
      {"badvers", dropped, 0, "OPTIONS sip:t.watson@example.org SIP/7.0\nVia: SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw\nCall-ID: x\nCSeq: 1 OPTIONS\n\n"},
      {"mismatch01", refused, 400, Request("OPTIONS", uri, "CSeq", "CSeq: 8 INVITE\n")},
      {"mismatch02", refused, 400, Request("NEWMETHOD", uri, "CSeq", "CSeq: 8 INVITE\n")},
      // 3.3: application layer
      {"insuf", refused, 400, Request("INVITE", uri, "Call-ID,From,To", "")},
      {"unkscm", refused, 416, Request("OPTIONS", "nobodyKnowsThisScheme:totallyopaquecontent", "", "")},
      {"novelsc", refused, 416, Request("OPTIONS", "soap.beep://192.0.2.103:3002", "", "")},
      {"bext01", accepted, 420, Request("OPTIONS", uri, "", "Require: nothingSupportsThis, nothingSupportsThisEither\n")},
      {"invut", accepted, 415, Request("INVITE", uri, "", "Content-Type: application/unknownformat\n", "Content-Length: 8\n\n<audio/>")},
      {"multi01", refused, 400, Request("INVITE", uri, "", "From: <sip:other@example.net>;tag=392\nMax-Forwards: 5\nTo: <sip:x@example.com>\nCall-ID: second\nCSeq: 59 INVITE\n")},
      {"mcl01", refused, 400, Request("OPTIONS", uri, "", "Content-Length: 13\n")},
      {"zeromf", accepted, 200, Request("OPTIONS", uri, "Max-Forwards", "Max-Forwards: 0\n")},
      {"sdp01", accepted, 406, Request("INVITE", uri, "", "Accept: text/nobodyKnowsThis\n")},
      {"mpart01", accepted, 405, Request("MESSAGE", uri, "", "Content-Type: multipart/mixed;boundary=7a\n", "Content-Length: 6\n\n--7a--")},
      // libre takes no Via without branch; RFC 2543 peers are not supported.
      {"inv2543", dropped, 0, "INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1;rport\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\n"
          "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>\nTo: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: inv2543.1717@ift.client.example.com\n"
          "CSeq: 56 INVITE\nContact: <sip:+13035551111@127.0.0.1>\n" + WithSdp()},
      // ours: sizes, bytes and numbers an attacker would try
      {"NUL in a header", refused, 400, Request("OPTIONS", uri, "To", std::string("To: <sip:a@b>;x\0y=1\n", 20))},
      {"many headers", refused, 513, Request("OPTIONS", uri, "", Repeat("X-Y: z\n", 140))},
      {"long Call-ID", refused, 400, Request("OPTIONS", uri, "Call-ID", "Call-ID: " + Repeat("x", 300) + "\n")},
      {"long Request-URI", refused, 414, Request("OPTIONS", "sip:" + Repeat("u", 1'100) + "@example.com", "", "")},
      {"long tag", refused, 400, Request("OPTIONS", uri, "From", "From: <sip:a@b>;tag=" + Repeat("t", 300) + "\n")},
  };
}

}  // namespace hotline::telephony::testing
