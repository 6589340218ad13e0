package com.playtcha.jakarta.internal.cdi;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.weld.bootstrap.api.CDI11Bootstrap;
import org.jboss.weld.bootstrap.spi.BeanDeploymentArchive;
import org.jboss.weld.bootstrap.spi.Deployment;
import org.jboss.weld.environment.deployment.WeldBeanDeploymentArchive;
import org.jboss.weld.environment.deployment.WeldDeployment;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.resources.spi.ResourceLoader;

/** The application's beans see those of the library, and not the other way round, as in a WAR on GlassFish. */
final class OneWayWeld extends Weld {
    private final Set<String> besideLibrary;

    /** Takes beans that the library's see, such as those of another jar in WEB-INF/lib. */
    OneWayWeld(Class<?>... besideLibrary) {
        this.besideLibrary = Stream.of(besideLibrary).map(Class::getName).collect(Collectors.toSet());
    }

    @Override
    protected Deployment createDeployment(ResourceLoader loader, CDI11Bootstrap bootstrap) {
        Deployment usual = super.createDeployment(loader, bootstrap);
        // Other libraries on the class path have archives of their own.
        WeldBeanDeploymentArchive application = (WeldBeanDeploymentArchive) usual.getBeanDeploymentArchives().stream()
                .filter(archive -> archive.getBeanClasses().stream().noneMatch(type -> type.startsWith("io.smallrye.")))
                .findFirst()
                .orElseThrow();
        WeldBeanDeploymentArchive library =
                new WeldBeanDeploymentArchive("library", new HashSet<>(besideLibrary), null);
        WeldDeployment both =
                new WeldDeployment(loader, bootstrap, new HashSet<>(Set.of(application)), usual.getExtensions()) {
                    @Override
                    public Collection<BeanDeploymentArchive> getBeanDeploymentArchives() {
                        return List.of(application, library);
                    }

                    @Override
                    public BeanDeploymentArchive loadBeanDeploymentArchive(Class<?> type) {
                        return isOfLibrary(type) ? library : application;
                    }

                    @Override
                    public WeldBeanDeploymentArchive getBeanDeploymentArchive(Class<?> type) {
                        return isOfLibrary(type) ? library : application;
                    }
                };
        library.getServices().add(ResourceLoader.class, loader);
        library.setAccessibleBeanDeploymentArchives(Set.of());
        application.setAccessibleBeanDeploymentArchives(Set.of(library));
        both.getServices().addAll(usual.getServices().entrySet());
        library.getServices().addAll(both.getServices().entrySet());
        return both;
    }

    private boolean isOfLibrary(Class<?> type) {
        return type == PlaytchaExtension.class
                || besideLibrary.contains(type.getName())
                || PlaytchaExtension.beanNames().contains(type.getName());
    }
}
