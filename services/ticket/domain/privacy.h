// Takes personal data out of a text that everybody may read (TKT-15, PLT-5): numbers that name a person, addresses down to the
// door, names where the text says that a name follows. It finds what is written in the usual ways; a person still reads the
// text before it is published. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotline::ticket::domain {

struct PersonalFinding {
  std::string kind;  // phone, id_card, bank_card, email, plate, address, name, account
  std::string text;  // as it stood there: for whoever edits the text, never for others
  friend bool operator==(const PersonalFinding&, const PersonalFinding&) = default;
};

struct Redacted {
  std::string text;                    // "***" in place of numbers and addresses, "某某" of names
  std::vector<PersonalFinding> found;  // in the order of the text
};

// Not valid UTF-8 gives an empty text: nothing that cannot be read is published.
Redacted RemovePersonalData(std::string_view text);

// GB 11643: 17 digits with a birthday and a check character. Separators are not allowed.
bool IsIdCard(std::string_view text);
// ISO/IEC 7812: the check digit fits.
bool PassesLuhn(std::string_view digits);

namespace internal {

// A text as characters; full-width letters and digits as their ASCII forms, so that each is compared once.
struct Characters {
  std::vector<char32_t> plain;
  std::vector<size_t> offset;  // of each in the text, and of its end
};

// A part [begin, end) of the characters.
struct Part {
  size_t begin = 0;
  size_t end = 0;
  std::string_view kind;
};

bool IsDigit(char32_t c);
bool StandsAt(const Characters& text, size_t at, std::u32string_view word);
bool StandsBefore(const Characters& text, size_t at, std::u32string_view word);
// One finder for each way personal data is written; they may find parts that overlap.
void FindNumbers(const Characters& text, std::vector<Part>& parts);
void FindMarks(const Characters& text, std::vector<Part>& parts);      // e-mail, plates, accounts
void FindAddresses(const Characters& text, std::vector<Part>& parts);
void FindNames(const Characters& text, std::vector<Part>& parts);

}  // namespace internal

}  // namespace hotline::ticket::domain
