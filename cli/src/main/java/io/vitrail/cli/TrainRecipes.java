package io.vitrail.cli;

import io.vitrail.training.recipe.Recipe;
import io.vitrail.training.recipe.RecipeException;
import io.vitrail.training.recipe.Recipes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the recipes, or shows one. */
@Command(
    name = "recipes",
    header = "List the recipes, or show one as YAML.",
    description = {"", "The YAML is a good start for a recipe of one's own.", ""},
    footer = {
      "",
      "Examples:",
      "  vitrail train recipes",
      "  vitrail train recipes transfer > mine.yaml"
    })
final class TrainRecipes implements Callable<Integer> {
  private final Io io;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The recipe to show.")
  private @Nullable String name;

  TrainRecipes(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    if (name != null) {
      io.out().print(Recipes.yaml(recipe(name)));
      return 0;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "NETWORK", "PIXELS", "EPOCHS", "BATCH", "OPTIMIZER", "LOSS"));
    for (String each : Recipes.names()) {
      Recipe recipe = recipe(each);
      rows.add(
          List.of(
              each,
              recipe.model().name(),
              String.valueOf(recipe.augment().imageSize()),
              String.valueOf(recipe.epochs()),
              String.valueOf(recipe.batch()),
              recipe.optimizer().type().toString().toLowerCase(Locale.ROOT),
              recipe.loss().type().toString().toLowerCase(Locale.ROOT)));
    }
    Table.of(rows).forEach(io.out()::println);
    return 0;
  }

  private Recipe recipe(String wanted) {
    try {
      return Recipes.named(wanted);
    } catch (RecipeException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
