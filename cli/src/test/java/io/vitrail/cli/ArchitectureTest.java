package io.vitrail.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.vitrail.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Which package may know which; here because only this module sees them all. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.vitrail");

  private static void onlyKnows(String pkg, String... others) {
    String[] allowed = new String[others.length + 1];
    allowed[0] = pkg;
    System.arraycopy(others, 0, allowed, 1, others.length);
    noClasses()
        .that()
        .resideInAPackage(pkg)
        .should()
        .dependOnClassesThat(resideInAPackage("io.vitrail..").and(not(resideInAnyPackage(allowed))))
        .check(ALL);
  }

  @Test
  void only_the_tensor_package_knows_the_engine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.vitrail.tensor")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(ALL);
    assertThat(ALL.contain(Tensor.class)).isTrue(); // it is among the classes looked at
  }

  @Test
  void leaves_stand_alone() {
    onlyKnows("io.vitrail.text..");
    onlyKnows("io.vitrail.weights..", "io.vitrail.text..");
    onlyKnows("io.vitrail.hub..", "io.vitrail.text..");
    onlyKnows("io.vitrail.imaging..");
    onlyKnows("io.vitrail.tensor..");
  }

  @Test
  void arrows_point_one_way() {
    onlyKnows(
        "io.vitrail.nn..", "io.vitrail.tensor..", "io.vitrail.weights..", "io.vitrail.text..");
    onlyKnows(
        "io.vitrail.cutout..",
        "io.vitrail.nn..",
        "io.vitrail.tensor..",
        "io.vitrail.weights..",
        "io.vitrail.hub..",
        "io.vitrail.imaging..");
    onlyKnows(
        "io.vitrail.vision..",
        "io.vitrail.nn..",
        "io.vitrail.tensor..",
        "io.vitrail.weights..",
        "io.vitrail.hub..",
        "io.vitrail.text..",
        "io.vitrail.imaging..");
    onlyKnows(
        "io.vitrail.training..",
        "io.vitrail.masksub..",
        "io.vitrail.vision..",
        "io.vitrail.nn..",
        "io.vitrail.tensor..",
        "io.vitrail.weights..",
        "io.vitrail.hub..",
        "io.vitrail.text..",
        "io.vitrail.imaging..");
    onlyKnows(
        "io.vitrail.masksub..",
        "io.vitrail.training.objective..",
        "io.vitrail.vision..",
        "io.vitrail.nn..",
        "io.vitrail.tensor..");
    noClasses()
        .that()
        .resideOutsideOfPackage("io.vitrail.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vitrail.cli..")
        .check(ALL);
  }

  @Test
  void packages_do_not_go_in_circles() {
    slices().matching("io.vitrail.(**)").should().beFreeOfCycles().check(ALL);
  }
}
