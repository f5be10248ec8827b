package io.vitrail.training.data;

/** One rank's part of a sampler. */
record Shard(Sampler all, int rank, int ranks, Sampler.Remainder remainder) implements Sampler {
  Shard {
    Check.that(
        remainder == Remainder.PAD || all.size() >= ranks,
        "%d samples cannot be shared by %d ranks; use fewer ranks",
        all.size(),
        ranks);
  }

  @Override
  public int size() {
    return switch (remainder) {
      case DROP -> all.size() / ranks;
      case PAD -> (all.size() + ranks - 1) / ranks;
      case KEEP -> (all.size() - rank + ranks - 1) / ranks;
    };
  }

  @Override
  public Order order(int epoch) {
    Order order = all.order(epoch);
    int[] indices = new int[size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = order.indices()[(rank + i * ranks) % all.size()];
    }
    return new Order(indices, order.place(rank), order.step() * ranks);
  }
}
