package io.vitrail.nn;

import java.util.Iterator;
import java.util.List;

/** Layers of one kind under the names 0, 1, 2, ..., to be run by their parent. */
public final class LayerList<L extends Layer> extends Layer implements Iterable<L> {
  private final List<L> layers;

  public LayerList(List<L> layers) {
    this.layers = List.copyOf(layers);
    for (int i = 0; i < this.layers.size(); i++) {
      child(String.valueOf(i), this.layers.get(i));
    }
  }

  public L get(int index) {
    return layers.get(index);
  }

  public int size() {
    return layers.size();
  }

  @Override
  public Iterator<L> iterator() {
    return layers.iterator();
  }
}
