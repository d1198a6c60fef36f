"""The noise schedule of training and drawing."""

# Stable Diffusion's betas are rescaled so that the last timestep is pure noise. The model predicts velocity, because that timestep
# teaches nothing otherwise: https://arxiv.org/abs/2305.08891. Without the rescaling a latent's mean, the background's colour, is
# visible through the noise in training, and the first noise decides it in drawing.
NOISE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "rescale_betas_zero_snr": True,
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",
}
