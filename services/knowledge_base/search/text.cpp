#include "services/knowledge_base/search/text.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

namespace hotline::knowledge_base::search {
namespace {

// Characters that both scripts and their variants fall into; rarer planes are folded as they are.
constexpr char32_t kFirstHan = 0x3400;
constexpr char32_t kLastHan = 0x9FFF;

std::unique_ptr<icu::Transliterator> MakeTransliterator(const char* id) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(id, UTRANS_FORWARD, error));
  if (U_FAILURE(error) || made == nullptr) throw std::runtime_error("ICU lacks a transliterator the search needs");
  return made;
}

icu::UnicodeString ToIcu(std::u32string_view text) {
  return icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()), static_cast<int32_t>(text.size()));
}

// The simplified form of every character from kFirstHan to kLastHan.
std::u32string MakeSimplified() {
  const auto simplify = MakeTransliterator("Traditional-Simplified");
  icu::UnicodeString all;
  for (char32_t c = kFirstHan; c <= kLastHan; ++c) all.append(static_cast<UChar32>(c)).append(u'\n');
  simplify->transliterate(all);
  std::u32string table;
  for (int32_t i = 0; i < all.length() && table.size() <= kLastHan - kFirstHan;) {
    table.push_back(static_cast<char32_t>(all.char32At(i)));
    while (i < all.length() && all.char32At(i) != u'\n') i = all.moveIndex32(i, 1);
    ++i;
  }
  return table;
}

// ICU's transliterators are not for several threads at once.
class Pinyin {
 public:
  std::vector<std::string> Read(std::u32string_view han) {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(std::u32string(han)); known != known_.end()) return known->second;
    std::vector<std::string> syllables = Split(Transliterate(han));
    if (syllables.size() != han.size()) {  // A character without a reading; one by one then.
      syllables.clear();
      for (const char32_t c : han) syllables.push_back(One(c));
    }
    if (known_.size() < kMaxKnown && han.size() <= kMaxKnownCharacters) known_.emplace(han, syllables);
    return syllables;
  }

 private:
  // Keywords come again and again.
  static constexpr size_t kMaxKnown = 20'000;
  static constexpr size_t kMaxKnownCharacters = 8;

  std::string Transliterate(std::u32string_view han) {
    icu::UnicodeString text = ToIcu(han);
    latin_->transliterate(text);
    std::string out;
    text.toUTF8String(out);
    return out;
  }
  static std::vector<std::string> Split(const std::string& spaced) {
    std::vector<std::string> parts(1);
    for (const char c : spaced) {
      if (c == ' ') {
        if (!parts.back().empty()) parts.emplace_back();
      } else if (c >= 'a' && c <= 'z') {
        parts.back().push_back(c);
      }
    }
    if (parts.back().empty()) parts.pop_back();
    return parts;
  }
  std::string One(char32_t c) {
    const auto [found, added] = single_.try_emplace(c);
    if (added) {
      const std::vector<std::string> parts = Split(Transliterate({&c, 1}));
      if (parts.size() == 1) found->second = parts[0];
    }
    return found->second;
  }

  std::mutex mutex_;
  const std::unique_ptr<icu::Transliterator> latin_ = MakeTransliterator("Han-Latin; Latin-ASCII; Lower");
  std::unordered_map<char32_t, std::string> single_;
  std::unordered_map<std::u32string, std::vector<std::string>> known_;
};

}  // namespace

std::u32string Decode(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size());
  const auto length = static_cast<int32_t>(utf8.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(utf8.data(), i, length, c);
    out.push_back(static_cast<char32_t>(c));
  }
  return out;
}

std::string Encode(std::u32string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (const char32_t c : text) {
    char bytes[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<UChar32>(c));
    out.append(bytes, static_cast<size_t>(length));
  }
  return out;
}

bool IsHan(char32_t c) {
  return (c >= kFirstHan && c <= kLastHan) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3007;
}

bool IsWordCharacter(char32_t c) { return !IsHan(c) && u_isalnum(static_cast<UChar32>(c)); }

bool IsFiller(char32_t c) {
  static constexpr std::u32string_view kFillers = U"的了吗呢吧啊呀么嘛怎我你您他她它们是这那哪很太";
  return kFillers.find(c) != std::u32string_view::npos;
}

std::u32string Fold(std::u32string text) {
  static const std::u32string simplified = MakeSimplified();
  for (char32_t& c : text) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c == 0x3000) c = U' ';
    if (c >= kFirstHan && c - kFirstHan < simplified.size()) {
      c = simplified[c - kFirstHan];
    } else {
      c = static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
    }
  }
  return text;
}

std::vector<Run> Runs(std::u32string_view folded) {
  std::vector<Run> runs;
  for (size_t i = 0; i < folded.size(); ++i) {
    const bool han = IsHan(folded[i]);
    if (!han && !IsWordCharacter(folded[i])) continue;
    if (!runs.empty() && runs.back().end == i && runs.back().han == han) {
      ++runs.back().end;
    } else {
      runs.push_back({han, i, i + 1});
    }
  }
  return runs;
}

std::vector<std::string> Syllables(std::u32string_view folded) {
  static Pinyin pinyin;
  std::vector<std::string> out(folded.size());
  for (const Run& run : Runs(folded)) {
    if (!run.han) continue;
    std::vector<std::string> syllables = pinyin.Read(folded.substr(run.begin, run.end - run.begin));
    for (size_t i = 0; i < syllables.size(); ++i) out[run.begin + i] = std::move(syllables[i]);
  }
  return out;
}

std::u32string PlainText(std::u32string_view markdown) {
  static constexpr std::u32string_view kSigns = U"#*`>|_~\n\t ";
  std::u32string out;
  out.reserve(markdown.size());
  for (const char32_t c : markdown) {
    if (kSigns.find(c) == std::u32string_view::npos) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != U' ') {
      out.push_back(U' ');
    }
  }
  return out;
}

}  // namespace hotline::knowledge_base::search
