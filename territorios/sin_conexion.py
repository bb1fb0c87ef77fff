"""De quién es cada página y cada envío guardado en un equipo que comparten varias personas.

Lo escrito sin red se queda en el equipo hasta que se puede mandar, y las pantallas de registro y
de aportes también. Para que nadie vea ni mande lo de otra persona, cada página dice de quién es y
cada envío dice quién lo escribió; aquí se comparan.
"""

from django.http import JsonResponse

QUIEN = "X-Quien"
NADIE = "nadie"
DE_OTRA_PERSONA = (
    "Esto lo escribió otra persona en este equipo: ingrese con esa cuenta para enviarlo."
)


def quien_pide(request):
    """Con qué nombre guarda el equipo lo de quien hace la petición."""
    usuario = request.user
    return str(usuario.pk) if usuario.is_authenticated else NADIE


class QuienMiddleware:
    """Pone en cada página de quién es, y no atiende un envío que escribió otra persona."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        respuesta = self.get_response(request)
        if respuesta.get("Content-Type", "").startswith("text/html"):
            respuesta[QUIEN] = quien_pide(request)
        return respuesta

    def process_view(self, request, vista, args, kwargs):
        escribio = request.headers.get(QUIEN)
        # Lo que cualquiera puede enviar (la puerta) no depende de quién tenga la sesión abierta.
        es_publica = not getattr(vista, "login_required", True)
        if escribio in (None, quien_pide(request)) or es_publica and escribio == NADIE:
            return None
        return JsonResponse({"error": DE_OTRA_PERSONA}, status=401)


def quien(request):
    """Procesador de contexto: la página lo lleva para que el guion que guarda sepa de quién es."""
    # Sin atributo `user` solo llegan páginas de error anteriores al ingreso.
    return {"quien": quien_pide(request) if hasattr(request, "user") else NADIE}
