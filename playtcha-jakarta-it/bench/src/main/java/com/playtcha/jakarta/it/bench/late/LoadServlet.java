package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.sun.management.OperatingSystemMXBean;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * In a WildFly: brings {@code items} to its application's inbox by {@code producers} threads and answers, once all are
 * delivered, with items a second, accepted items a second, processor time an item in µs, and the name of a thread that
 * called the handler.
 */
@WebServlet("/load")
public class LoadServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final long LIMIT_SECONDS = 240;

    private volatile @Nullable String handlerThread;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        LateResultsFacade late = (LateResultsFacade) getServletContext().getAttribute(LateResults.ATTRIBUTE);
        LateInbox inbox = Objects.requireNonNull(late.inbox(), "late results are off");
        int items = Integer.parseInt(request.getParameter("items"));
        int producers = Integer.parseInt(request.getParameter("producers"));
        late.setHandler(
                (result, delivery) -> handlerThread = Thread.currentThread().getName());
        CountDownLatch delivered = new CountDownLatch(items);
        LateListener listener = (id, kind, from, to, outcome) -> {
            if (to == LateState.DELIVERED) {
                delivered.countDown();
            }
        };
        late.addListener(listener);
        try {
            long cpu = cpu();
            long begin = System.nanoTime();
            Turn.produce(
                    (id, code) -> {
                        if (!inbox.accept(id, code).isAcknowledged()) {
                            throw new IllegalStateException("refused: " + id);
                        }
                    },
                    items,
                    producers,
                    "item-" + begin + "-",
                    id -> {});
            long accepted = System.nanoTime();
            if (!delivered.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new ServletException(delivered.getCount() + " of " + items + " items were not handled");
            }
            long end = System.nanoTime();
            response.setContentType("text/plain");
            response.getWriter()
                    .printf(
                            "%s %s %s %s",
                            items * 1e9 / (end - begin),
                            items * 1e9 / (accepted - begin),
                            (cpu() - cpu) / 1e3 / items,
                            handlerThread);
        } catch (InterruptedException | ExecutionException e) {
            throw new ServletException(e);
        } finally {
            late.removeListener(listener);
        }
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
