// Words for searching: Chinese as single characters and pairs of neighbours, everything else as lower-case runs of letters
// and digits. A text holds a term if it has all of the term's words; pairs make that nearly exact. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotline::ticket::domain {

// All words of a text, sorted, each once. Not valid UTF-8 has none.
std::vector<std::string> IndexWords(std::string_view text);
// The words a text must have for the query; terms are separated by white space.
std::vector<std::string> QueryWords(std::string_view query);
// The terms themselves.
std::vector<std::string> QueryTerms(std::string_view query);

}  // namespace hotline::ticket::domain
