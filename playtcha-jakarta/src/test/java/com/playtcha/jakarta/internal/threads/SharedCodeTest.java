package com.playtcha.jakarta.internal.threads;

import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of an application in code that it shares with the server it ran in, once that code was compiled. */
class SharedCodeTest {
    private static final int THREADS = 4;

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor server =
            new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.DAYS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work);
                threads.add(thread);
                return thread;
            });

    /** Before the application is there: on JDK 17 a thread keeps whoever was on the stack that it was made on. */
    @BeforeEach
    void begin() {
        server.prestartAllCoreThreads();
    }

    @AfterEach
    void end() {
        server.shutdownNow();
    }

    @Test
    void idleThreadsOfTheServerDoNotKeepAnApplicationWhosePoolWasHot() throws Exception {
        WeakReference<ClassLoader> application = new WeakReference<>(runAndUndeploy());

        await().until(() -> {
            System.gc();
            return application.get() == null;
        });
    }

    private ClassLoader runAndUndeploy() throws Exception {
        try (Application loader = new Application()) {
            Runnable load = (Runnable) loader.loadClass(Load.class.getName())
                    .getConstructor(Runnable.class, Runnable.class)
                    .newInstance((Runnable) this::useOneThread, (Runnable) this::useEveryThread);
            load.run();
            return loader;
        }
    }

    private void useOneThread() {
        get(server.submit(() -> {}));
    }

    /** Each goes through what is compiled by now, and stays in it. */
    private void useEveryThread() {
        CyclicBarrier all = new CyclicBarrier(THREADS);
        IntStream.range(0, THREADS)
                .mapToObj(i -> server.submit(() -> all.await()))
                .toList()
                .forEach(SharedCodeTest::get);
        await().until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    private static void get(Future<?> done) {
        try {
            done.get(1, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has its own copy of the library, as a WAR has. */
    private static final class Application extends URLClassLoader {
        Application() {
            super(
                    new URL[] {
                        Load.class.getProtectionDomain().getCodeSource().getLocation(),
                        WorkerPool.class.getProtectionDomain().getCodeSource().getLocation()
                    },
                    SharedCodeTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("com.playtcha.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
