// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/config.h"

namespace valence::registry {

void RegisterConfig::Describe(FieldVisitor& v) {
  v.Visit({"model", "Name of the registered model.", "no '/' nor ':'"}, model, {});
  v.Visit({"alias", "Alias that a newly registered version gets."}, alias, {});
}

void PromoteConfig::Describe(FieldVisitor& v) {
  v.Visit({"alias", "Alias that a promoted version gets."}, alias, {});
  v.Visit({"rule",
           "What a challenger must show on the documents that both are judged on: that the champion is not "
           "significantly better, or that it is significantly better itself.",
           "not_worse or better"},
          rule, {"not_worse", "better"});
  v.Visit({"alpha", "Significance level of McNemar's exact test.", "0 to 1"}, alpha, Between(0, 1));
  v.Visit({"max_accuracy_drop", "How far the challenger's accuracy may lie below the champion's.", "0 to 1"},
          max_accuracy_drop, Between(0, 1));
  v.Visit({"max_slice_drop", "How far its accuracy on a slice may lie below the champion's.", "0 to 1"}, max_slice_drop,
          Between(0, 1));
  v.Visit({"min_slice_documents", "Slices with fewer documents are reported, not judged.", ">= 0"}, min_slice_documents,
          AtLeast(0));
}

}  // namespace valence::registry
