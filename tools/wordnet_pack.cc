// SPDX-License-Identifier: Apache-2.0
// wordnet_pack <WordNet folder> <output>: packs WordNet's lemmas and irregular forms into the blob of
// src/text/wordnet_format.h. Runs while Valence is built; the product reads nothing at run time.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "valence/text/token_hash.h"
#include "wordnet_format.h"

namespace {

using valence::text::wordnet::Header;
using valence::text::wordnet::kPartsOfSpeech;
using valence::text::wordnet::Table;

constexpr const char* kSuffixes[kPartsOfSpeech] = {"noun", "verb", "adj", "adv"};

using LemmaMasks = std::map<std::string, std::uint8_t>;
using Exceptions = std::map<std::string, std::vector<std::string>>;

std::ifstream Open(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  return file;
}

void ReadIndex(const std::string& path, int pos, LemmaMasks* lemmas) {
  std::ifstream file = Open(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == ' ') continue;  // the licence
    (*lemmas)[line.substr(0, line.find(' '))] |= static_cast<std::uint8_t>(1 << pos);
  }
}

Exceptions ReadExceptions(const std::string& path) {
  std::ifstream file = Open(path);
  Exceptions exceptions;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    if (!(words >> key)) continue;
    std::vector<std::string> forms;
    for (std::string form; words >> form;) forms.push_back(form);
    exceptions[key] = forms;  // a repeated key keeps its last line, as in NLTK
  }
  return exceptions;
}

class Blob {
 public:
  Blob() : bytes_(sizeof(Header), '\0') {}

  std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }

  void AddByte(std::size_t value) {
    if (value > UINT8_MAX) throw std::runtime_error("a WordNet entry is longer than 255");
    bytes_.push_back(static_cast<char>(value));
  }
  void AddText(const std::string& text) { bytes_.append(text); }

  /// Room for a table at most 60 % full.
  Table ReserveTable(std::size_t keys) {
    std::size_t slots = 16;
    while (slots * 3 < keys * 5) slots *= 2;
    bytes_.resize((bytes_.size() + 3) / 4 * 4, '\0');
    const Table table{size(), static_cast<std::uint32_t>(slots - 1)};
    bytes_.resize(bytes_.size() + slots * sizeof(std::uint32_t), '\0');
    return table;
  }

  void Insert(const Table& table, const std::string& key, std::uint32_t entry) {
    std::size_t slot = valence::text::internal::HashBytes(key) & table.mask;
    while (SlotAt(table, slot) != 0) slot = (slot + 1) & table.mask;
    std::memcpy(bytes_.data() + table.slots_offset + slot * sizeof entry, &entry, sizeof entry);
  }

  const std::string& Finish(Header header) {
    header.size_bytes = size();
    std::memcpy(bytes_.data(), &header, sizeof header);
    return bytes_;
  }

 private:
  std::uint32_t SlotAt(const Table& table, std::size_t slot) const {
    std::uint32_t entry;
    std::memcpy(&entry, bytes_.data() + table.slots_offset + slot * sizeof entry, sizeof entry);
    return entry;
  }

  std::string bytes_;
};

void AddLemmas(const LemmaMasks& lemmas, const Table& table, Blob* blob) {
  for (const auto& [lemma, mask] : lemmas) {
    blob->Insert(table, lemma, blob->size());
    blob->AddByte(lemma.size());
    blob->AddByte(mask);
    blob->AddText(lemma);
  }
}

void AddExceptions(const Exceptions& exceptions, const Table& table, Blob* blob) {
  for (const auto& [key, forms] : exceptions) {
    blob->Insert(table, key, blob->size());
    blob->AddByte(key.size());
    blob->AddText(key);
    blob->AddByte(forms.size());
    for (const std::string& form : forms) {
      blob->AddByte(form.size());
      blob->AddText(form);
    }
  }
}

void Pack(const std::string& folder, const std::string& output) {
  LemmaMasks lemmas;
  std::vector<Exceptions> exceptions;
  for (int pos = 0; pos < kPartsOfSpeech; ++pos) {
    ReadIndex(folder + "/index." + kSuffixes[pos], pos, &lemmas);
    exceptions.push_back(ReadExceptions(folder + "/" + kSuffixes[pos] + ".exc"));
  }

  Blob blob;
  Header header;
  header.lemmas = blob.ReserveTable(lemmas.size());
  for (int pos = 0; pos < kPartsOfSpeech; ++pos) {
    header.exceptions[pos] = blob.ReserveTable(exceptions[static_cast<std::size_t>(pos)].size());
  }
  AddLemmas(lemmas, header.lemmas, &blob);
  for (int pos = 0; pos < kPartsOfSpeech; ++pos) {
    AddExceptions(exceptions[static_cast<std::size_t>(pos)], header.exceptions[pos], &blob);
  }

  std::ofstream file(output, std::ios::binary);
  const std::string& bytes = blob.Finish(header);
  if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) {
    throw std::runtime_error("cannot write " + output);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: wordnet_pack <WordNet folder> <output>\n");
    return 2;
  }
  try {
    Pack(argv[1], argv[2]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "wordnet_pack: %s\n", e.what());
    return 1;
  }
  return 0;
}
