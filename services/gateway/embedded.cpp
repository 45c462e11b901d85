#include "services/gateway/embedded.h"

// The assembler puts the files into the program as they are: as arrays of numbers they would take minutes to compile.
#define HOTLINE_EMBED(name, path)                                             \
  asm(".pushsection .rodata\n.global hotline_" #name "\nhotline_" #name ":\n" \
      ".incbin \"" path "\"\n.global hotline_" #name "_end\nhotline_" #name "_end:\n.byte 0\n.popsection\n"); \
  extern "C" const char hotline_##name[], hotline_##name##_end[]

HOTLINE_EMBED(gateway_descriptors, HOTLINE_DESCRIPTOR_SET);
HOTLINE_EMBED(gateway_docs_html, HOTLINE_PAGES_DIR "/docs.html");
HOTLINE_EMBED(gateway_docs_script, HOTLINE_PAGES_DIR "/docs.js");
HOTLINE_EMBED(gateway_docs_style, HOTLINE_PAGES_DIR "/docs.css");

namespace hotline::gateway {
namespace {
std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<size_t>(end - begin)}; }
}  // namespace

std::string_view EmbeddedDescriptors() { return Between(hotline_gateway_descriptors, hotline_gateway_descriptors_end); }
std::string_view EmbeddedDocsHtml() { return Between(hotline_gateway_docs_html, hotline_gateway_docs_html_end); }
std::string_view EmbeddedDocsScript() { return Between(hotline_gateway_docs_script, hotline_gateway_docs_script_end); }
std::string_view EmbeddedDocsStyle() { return Between(hotline_gateway_docs_style, hotline_gateway_docs_style_end); }

}  // namespace hotline::gateway
