package io.vitrail.bench;

import io.vitrail.nn.Activation;
import io.vitrail.nn.Layer;
import io.vitrail.nn.LayerList;
import io.vitrail.nn.LayerNorm;
import io.vitrail.nn.Linear;
import io.vitrail.nn.Mlp;
import io.vitrail.nn.MultiHeadAttention;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.io.IOException;
import java.util.stream.IntStream;

/**
 * A plain transformer of ViT-B/16's sizes: 197 tokens, width 768, 12 heads. The other side is
 * {@code python/transformer_torch.py}.
 */
final class TransformerSide {
  private static final int TOKENS = 197;
  private static final int WIDTH = 768;
  private static final int HEADS = 12;
  private static final int CLASSES = 1000;

  private TransformerSide() {}

  private static final class Block extends Layer {
    private final LayerNorm norm1 = child("norm1", new LayerNorm(WIDTH, 1e-6));
    private final MultiHeadAttention attn = child("attn", new MultiHeadAttention(WIDTH, HEADS));
    private final LayerNorm norm2 = child("norm2", new LayerNorm(WIDTH, 1e-6));
    private final Mlp mlp = child("mlp", new Mlp(WIDTH, 4 * WIDTH, WIDTH, Activation.Kind.GELU));

    Tensor forward(Tensor x) { // [B, N, D]
      x = x.add(attn.forward(norm1.forward(x)));
      return x.add(mlp.forward(norm2.forward(x)));
    }
  }

  private static final class Transformer extends Layer {
    private final LayerList<Block> blocks;
    private final LayerNorm norm = child("norm", new LayerNorm(WIDTH, 1e-6));
    private final Linear head = child("head", new Linear(WIDTH, CLASSES));

    Transformer(int depth) {
      blocks =
          child(
              "blocks",
              new LayerList<>(IntStream.range(0, depth).mapToObj(i -> new Block()).toList()));
    }

    Tensor forward(Tensor x) { // [B, N, D]
      for (Block block : blocks) {
        Tensor before = x;
        x = Scope.keep(() -> block.forward(before));
      }
      return head.forward(norm.forward(x).mean(false, 1)); // [B, K]
    }
  }

  /** Arguments: f32 or bf16, forward or train, depth, batch, repeats. */
  public static void main(String[] args) throws IOException {
    boolean bf16 = args[0].equals("bf16");
    int depth = Integer.parseInt(args[2]);
    int batch = Integer.parseInt(args[3]);
    int repeats = Integer.parseInt(args[4]);
    try (Rng rng = Rng.seeded(1);
        Transformer net = new Transformer(depth);
        Scope scope = Scope.open()) {
      net.init(rng);
      Tensor x = rng.normal(batch, TOKENS, WIDTH);
      Tensor y = rng.integers(CLASSES, batch);
      double step =
          args[1].equals("forward")
              ? forward(net, x, bf16, repeats)
              : train(net, x, y, bf16, repeats);
      Measure.report("step", step);
      Measure.report("peak memory", Measure.peakMemory());
    }
  }

  private static double forward(Transformer net, Tensor x, boolean bf16, int repeats)
      throws IOException {
    Tensor input = bf16 ? x.to(DType.BF16) : x;
    if (bf16) {
      net.to(DType.BF16);
    }
    Measure.Work step =
        () -> {
          try (Scope inner = Scope.open();
              Mode mode = Mode.noGrad()) {
            net.forward(input);
          }
        };
    step.run();
    return Measure.median(repeats, step);
  }

  private static double train(Transformer net, Tensor x, Tensor y, boolean bf16, int repeats)
      throws IOException {
    try (Optimizer optimizer =
        Optimizer.of(Optimizer.AdamW.withLearningRate(1e-4), net.trainable())) {
      Measure.Work step =
          () -> {
            try (Scope inner = Scope.open()) {
              Tensor loss;
              if (bf16) {
                try (Mode mode = Mode.autocast(DType.BF16)) {
                  loss = F.crossEntropy(net.forward(x).to(DType.F32), y, 0);
                }
              } else {
                loss = F.crossEntropy(net.forward(x), y, 0);
              }
              optimizer.zeroGrad();
              loss.backward();
              optimizer.step();
            }
          };
      step.run();
      return Measure.median(repeats, step);
    }
  }
}
