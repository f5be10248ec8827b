package io.vitrail.training.recipe;

import io.vitrail.tensor.Precision;
import io.vitrail.training.augment.AugmentConfig;
import io.vitrail.training.augment.MixingConfig;
import io.vitrail.training.data.LoaderConfig.LastBatch;
import io.vitrail.training.objective.BinaryCrossEntropy;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.optim.Schedule;
import io.vitrail.training.optim.Schedule.WarmUp;
import java.util.List;

/**
 * Everything that decides what a training gives: the same recipe on the same data and machine gives
 * the same weights. Numbers and their defaults as in {@code docs/training.md}; {@link Recipes}
 * reads and writes it.
 *
 * @param name what to call it
 * @param note where it is from, and what to know about it
 * @param model which network
 * @param data how images are drawn
 * @param augment how images change, and which size they get
 * @param mixing how images of a batch are mixed
 * @param loss what is made small
 * @param optimizer how weights change
 * @param schedule how the learning rate goes
 * @param ema the running average of the weights
 * @param masksub the masked sub-branch
 * @param epochs how often the data are gone through
 * @param batch images of one step of the optimiser, over all processes and accumulated parts
 * @param accumulation parts in which a process computes its share of the batch, to save memory
 * @param clip largest norm of all gradients together; 0 for any
 * @param precision the type of products
 * @param seed of everything random
 * @param evaluation how weights are judged
 * @param checkpoints what is kept, and how often
 */
public record Recipe(
    String name,
    String note,
    ModelSettings model,
    DataSettings data,
    AugmentConfig augment,
    MixingConfig mixing,
    LossSettings loss,
    OptimizerSettings optimizer,
    ScheduleSettings schedule,
    EmaSettings ema,
    MaskSubSettings masksub,
    int epochs,
    int batch,
    int accumulation,
    double clip,
    Precision precision,
    long seed,
    EvaluationSettings evaluation,
    CheckpointSettings checkpoints) {

  /** Plain training of a small ViT; what a file does not say is as here. */
  public static final Recipe DEFAULT =
      new Recipe(
          "own",
          "",
          ModelSettings.DEFAULT,
          DataSettings.DEFAULT,
          AugmentConfig.imagenet(224),
          MixingConfig.NONE,
          LossSettings.DEFAULT,
          OptimizerSettings.DEFAULT,
          ScheduleSettings.DEFAULT,
          EmaSettings.NONE,
          MaskSubSettings.NONE,
          100,
          64,
          1,
          0,
          Precision.AUTO,
          0,
          EvaluationSettings.DEFAULT,
          CheckpointSettings.DEFAULT);

  public Recipe {
    Check.that(epochs >= 1, "epochs is at least 1, got %d", epochs);
    Check.that(batch >= 1, "batch is at least 1, got %d", batch);
    Check.that(accumulation >= 1, "accumulation is at least 1, got %d", accumulation);
    Check.that(
        batch % accumulation == 0,
        "a batch of %d does not divide into %d parts; choose an accumulation that divides it",
        batch,
        accumulation);
    Check.that(clip >= 0, "clip is a norm above 0, or 0 for none, got %s", clip);
    Check.that(
        schedule.warmupEpochs() <= epochs,
        "warm-up of %s epochs in a training of %d; lower schedule.warmupEpochs",
        schedule.warmupEpochs(),
        epochs);
    Check.that(
        !(loss.type() == LossSettings.Type.BCE
            && loss.mixed() == BinaryCrossEntropy.Mixed.PRESENT
            && loss.smoothing() > 0),
        "loss.mixed=present counts every class of a share above 0 as present, and smoothing %s"
            + " gives every class one: the network would learn to say yes to all; set"
            + " loss.smoothing=0, or loss.mixed=shares, or loss.type=ce",
        loss.smoothing());
    Check.that(
        !(loss.type() == LossSettings.Type.BCE && !mixing.isActive() && loss.smoothing() > 0),
        "loss.type=bce smooths only the shares that mixing makes, and mixing is off; set"
            + " loss.smoothing=0");
    Check.that(
        !mixing.isActive()
            || mixing.mode() == MixingConfig.Mode.BATCH
            || mixing.mode() == MixingConfig.Mode.ELEMENT
            || (data.lastBatch() == LastBatch.DROP && (batch / accumulation) % 2 == 0),
        "mixing.mode=%s pairs the images of a batch: batch / accumulation must be even, got %d, and"
            + " data.lastBatch must be drop",
        mixing.mode(),
        batch / accumulation);
  }

  /** How a batch becomes gradients. */
  public Objective objective() {
    return masksub.around(loss.create());
  }

  /** The learning rate of each step. */
  public Schedule learningRates() {
    double peak = learningRate();
    double last = schedule.minLr() * endsShare();
    double warm = schedule.warmupEpochs();
    WarmUp warmUp = new WarmUp(warm, schedule.warmupLr() * endsShare());
    return switch (schedule.curve()) {
      case CONSTANT -> new Schedule(peak, warmUp, new Schedule.Constant(), Schedule.Clock.UPDATE);
      case LINEAR ->
          new Schedule(
              peak,
              warmUp,
              new Schedule.Linear(last, epochs, Schedule.Begin.AFTER_WARM_UP),
              Schedule.Clock.UPDATE);
      case COSINE -> Schedule.cosine(peak, last, epochs, warmUp);
      case DEIT -> Schedule.deit(peak, last, epochs, warmUp);
      case RSB -> Schedule.rsb(peak, last, epochs, warmUp);
      case SWIN -> Schedule.swin(peak, last, epochs, warmUp);
      case FT_CLIP -> Schedule.ftClip(peak, last, epochs, warm);
    };
  }

  /** How far learning rates grow with the batch. */
  private double batchShare(int per) {
    return per == 0 ? 1 : (double) batch / per;
  }

  /** The highest learning rate, scaled to the batch if the recipe says so. */
  public double learningRate() {
    return optimizer.lr() * batchShare(optimizer.lrPer());
  }

  private double endsShare() {
    return schedule.ends() == ScheduleSettings.Ends.SCALED ? batchShare(optimizer.lrPer()) : 1;
  }

  /** Another number of epochs. */
  public Recipe withEpochs(int value) {
    return with("epochs=" + value);
  }

  /** Another seed. */
  public Recipe withSeed(long value) {
    return with("seed=" + value);
  }

  /**
   * With some values changed, each as {@code key=value}: {@code recipe.with("epochs=20",
   * "optimizer.lr=1e-3")}. The key is the path of a value, or its last name where only one section
   * has it.
   *
   * @throws RecipeException if a key is unknown, a value has another type, or they make no sense
   */
  public Recipe with(String... assignments) {
    return Recipes.changed(this, List.of(assignments));
  }
}
