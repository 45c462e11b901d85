// hotline-keygen DIR SERVICE...: makes the keys of an installation: DIR/users.jwk, with which the directory signs users'
// tokens, DIR/SERVICE.jwk for each service, both readable by their owner only, and DIR/keys.json with all public keys.
// Keys that are there already are kept.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "libs/rpc/auth.h"

namespace {

using hotline::rpc::SigningKey;

// A whole file or none: written beside and renamed.
bool WriteFile(const std::string& path, const std::string& text, mode_t mode) {
  const std::string temporary = path + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return false;
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  return close(file) == 0 && written && rename(temporary.c_str(), path.c_str()) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s DIR SERVICE...\n", argv[0]);
    return 2;
  }
  const std::string directory = argv[1];
  std::vector<SigningKey> keys;
  for (int i = 1; i < argc; ++i) {
    const bool users = i == 1;
    const std::string name = users ? "users" : argv[i], path = directory + "/" + name + ".jwk";
    if (access(path.c_str(), F_OK) == 0) {
      auto key = SigningKey::Load(path);
      if (!key.ok()) {
        std::fprintf(stderr, "%s: %s\n", path.c_str(), std::string(key.status().message()).c_str());
        return 1;
      }
      keys.push_back(*std::move(key));
      continue;
    }
    keys.push_back(SigningKey::Generate(users ? hotline::rpc::kDirectoryKid : "service:" + name));
    if (!WriteFile(path, keys.back().PrivateJwk() + "\n", S_IRUSR | S_IWUSR)) {
      std::perror(path.c_str());
      return 1;
    }
  }
  const std::string path = directory + "/keys.json";
  if (!WriteFile(path, hotline::rpc::KeySet::Jwks(keys) + "\n", S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)) {
    std::perror(path.c_str());
    return 1;
  }
  return 0;
}
