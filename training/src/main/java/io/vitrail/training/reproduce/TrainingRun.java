package io.vitrail.training.reproduce;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.objective.Objective.Batch;
import io.vitrail.training.optim.NoDecay;
import io.vitrail.training.optim.ParamGroups;
import io.vitrail.training.optim.Schedule;
import io.vitrail.training.optim.Schedule.WarmUp;
import io.vitrail.training.reproduce.Pixels.Changes;
import io.vitrail.training.reproduce.RunResult.Point;
import io.vitrail.vision.vit.VisionTransformer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Trains one network of a study and measures it, on the thread that made it. */
final class TrainingRun implements AutoCloseable {
  private static final int CURVE_POINTS = 20;
  private static final int CURVE_IMAGES = 1000;
  private static final int TEST_BATCH = 100;
  private static final long HIDING_SEED = 7; // the same patches are hidden in all runs

  private final Study study;
  private final Arm arm;
  private final int seed;
  private final Pixels train;
  private final Pixels test;
  private final Objective objective;
  private final Schedule schedule;
  private final SplittableRandom order;
  private final Rng rng;
  private final VisionTransformer model;
  private final Optimizer optimizer;
  private long update;

  TrainingRun(Study study, Arm arm, int seed, Study.Images images) {
    this.study = study;
    this.arm = arm;
    this.seed = seed;
    train = images.train();
    test = images.test();
    objective = arm.objective();
    WarmUp warmUp = new WarmUp(Study.WARM_UP * arm.epochs(), 0);
    schedule = Schedule.cosine(study.learningRate(), 0, arm.epochs(), warmUp);
    order = new SplittableRandom(seed);
    rng = Rng.seeded(seed);
    model = new VisionTransformer(study.model());
    model.init(rng);
    double decay = study.weightDecay();
    optimizer =
        Optimizer.ofGroups(
            new Optimizer.AdamW(study.learningRate(), 0.9, 0.999, 1e-8, decay),
            ParamGroups.of(model, new ParamGroups.Policy(decay, NoDecay.VIT)).groups());
  }

  /** Trains to the end of the schedule. */
  RunResult run() throws InterruptedException {
    List<Point> curve = new ArrayList<>();
    long nanos = 0;
    for (int epoch = 1; epoch <= arm.epochs(); epoch++) {
      long start = System.nanoTime();
      double loss = epoch();
      nanos += System.nanoTime() - start;
      if (epoch * CURVE_POINTS / arm.epochs() > (epoch - 1) * CURVE_POINTS / arm.epochs()) {
        Score score = score(test, Math.min(CURVE_IMAGES, test.size()), model::forward);
        curve.add(new Point(epoch, loss, score.top1, score.nll));
      }
    }
    Score whole = score(test, test.size(), model::forward);
    return new RunResult(
        study.name(),
        study.settings(),
        arm.name(),
        seed,
        arm.epochs(),
        whole.top1,
        whole.nll,
        halfHidden().top1,
        score(train, train.size(), model::forward).nll,
        nanos / 1e6 / update,
        curve);
  }

  /**
   * Mean milliseconds of the next steps, on training images: of processor time, which other work on
   * the machine hardly changes. All of a step runs on this thread.
   */
  double timeSteps(int steps) {
    model.train(rng);
    int[] images = Arrays.copyOf(shuffled(), study.batch());
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    for (int step = 0; step < steps; step++) {
      step(images);
    }
    return (threads.getCurrentThreadCpuTime() - start) / 1e6 / steps;
  }

  /** One pass over the training images; what does not fill a last batch is left out. */
  private double epoch() throws InterruptedException {
    model.train(rng);
    int[] images = shuffled();
    double loss = 0;
    for (int step = 0; step < study.stepsPerEpoch(); step++) {
      int from = step * study.batch();
      loss += step(Arrays.copyOfRange(images, from, from + study.batch()));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return loss / study.stepsPerEpoch();
  }

  private double step(int[] images) {
    optimizer.setLearningRate(schedule.at(update++, study.stepsPerEpoch()));
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
      Tensor x = train.images(images, study.changes(), order);
      Batch batch = new Batch(x, train.labels(images), 1, DType.F32, rng);
      double loss = objective.backward(model, batch).loss();
      optimizer.step();
      return loss;
    }
  }

  private int[] shuffled() {
    int[] images = new int[train.size()];
    for (int i = 0; i < images.length; i++) { // Fisher and Yates, inside out
      int j = order.nextInt(i + 1);
      images[i] = images[j];
      images[j] = i;
    }
    return images;
  }

  // ---- measuring

  private record Score(double top1, double nll) {}

  private Score halfHidden() {
    try (Rng hiding = Rng.seeded(HIDING_SEED)) {
      return score(test, test.size(), images -> Arm.HALF.forward(model, images, hiding));
    }
  }

  private Score score(Pixels images, int count, UnaryOperator<Tensor> logitsOf) {
    model.eval();
    double right = 0;
    double nll = 0;
    for (int from = 0; from < count; from += TEST_BATCH) {
      int[] chosen = new int[Math.min(TEST_BATCH, count - from)];
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = from + i;
      }
      try (Scope scope = Scope.open();
          Mode mode = Mode.noGrad()) {
        Tensor logits = logitsOf.apply(images.images(chosen, Changes.NONE, order));
        Tensor labels = images.labels(chosen);
        nll += F.crossEntropy(logits, labels, 0).item() * chosen.length;
        right += logits.argmax(1).eq(labels).to(DType.F32).sum().item();
      }
    }
    return new Score(right / count, nll / count);
  }

  @Override
  public void close() {
    optimizer.close();
    model.close();
    rng.close();
  }
}
