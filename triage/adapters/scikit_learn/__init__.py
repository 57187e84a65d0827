"""scikit-learn as trainer. Loaded only to train; no score needs it."""
