"""Respuesta 409: otra persona guardó antes; se muestran los dos textos y no se pierde ninguno."""

from django.shortcuts import render


def responder_conflicto(request, actual, conflictos, volver, motivo=""):
    """`conflictos`: lista de (campo, lo guardado, lo tecleado); `volver`: dirección de salida.

    `motivo`: por qué no se guardó, si no fue porque otra persona guardó antes.
    """
    contexto = {"objeto": actual, "conflictos": conflictos, "volver": volver, "motivo": motivo}
    return render(request, "errores/409.html", contexto, status=409)
