"""Registro de participantes: la nómina de un encuentro y la fila con que se captura."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from territorios.jurisdiccion import Permiso, exige
from territorios.planillas import libro_xlsx, lineas_csv
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from .. import registro as acciones
from ..acciones import NoProcede
from ..asistencia import contar_jornadas
from ..duplicados import grupos_parecidos, parecidos_a
from ..forms import VersionForm
from ..forms_registro import CorregirForm, RegistroForm, SuprimirForm
from ..models import Encuentro, Participante
from ..procedencia import ofrecidos
from .encuentro import migas_de

ENCABEZADO = [
    *("número", "nombre", "cargo", "GAD o entidad", "nivel", "sexo", "correo", "teléfono"),
    *("consentimiento", "cómo se registró", "registrado"),
]
TIPO_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- La nómina y la captura ---------------------------------------------------------------------


@exige(Permiso.VER_PARTICIPANTES)
@never_cache
def registro(request, pk):
    return _pagina(request, _traer(request, pk))


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def anotar(request, pk):
    """Registra a una persona. Con JSON no se detiene por un parecido: la nómina lo señala."""
    encuentro = _traer(request, pk)
    es_json = "application/json" in request.headers.get("Accept", "")
    form = RegistroForm(request.POST, encuentro=encuentro, convocados=_codigos(encuentro))
    if not form.is_valid():
        return _errores(form.errors) if es_json else _pagina(request, encuentro, form, 400)
    parecidos = [] if es_json else _parecidos(encuentro, form)
    if parecidos:
        return _pagina(request, encuentro, form, 409, parecidos=parecidos)
    try:
        participante, ya_estaba = acciones.registrar(
            encuentro,
            form.datos(),
            via=_via(encuentro),
            por=request.user,
            clave_envio=form.cleaned_data["clave_envio"],
        )
    except NoProcede as error:
        return _no_procede(request, encuentro, form, error, es_json)
    except ValidationError as error:
        form.add_error(None, [texto for textos in error.message_dict.values() for texto in textos])
        return _errores(form.errors) if es_json else _pagina(request, encuentro, form, 400)
    if es_json:
        hecho = {"pk": participante.pk, "version": participante.version, "ya_estaba": ya_estaba}
        return JsonResponse(hecho, status=200 if ya_estaba else 201)
    messages.success(request, f"Se registró a {_nombrar(participante)}.")
    return redirect(f"{_direccion(encuentro)}?seguir=1")


def _pagina(request, encuentro, form=None, estado=200, parecidos=()):
    nomina = list(
        Participante.objects.visibles_para(request.user).filter(encuentro=encuentro).para_nomina()
    )
    jornadas = contar_jornadas(encuentro)
    puede = request.user.puede(Permiso.REGISTRAR_PARTICIPANTES) and encuentro.admite_registro
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Registro", None)),
        "encuentro": encuentro,
        "nomina": _la_ultima_primero(nomina),
        "asistencia": next(suya for uno, suya in jornadas if uno.pk == encuentro.pk),
        "jornadas": jornadas if len(jornadas) > 1 else [],
        "declarados": encuentro.taller.participantes_declarados,
        "puede_registrar": puede,
        "por_que_no": "" if puede else _por_que_no(encuentro),
        "form": form or (_en_blanco(request, encuentro, nomina) if puede else None),
        "ofrecidos": ofrecidos(encuentro) if puede else [],
        "parecidos": parecidos,
    }
    return render(request, "talleres/registro.html", contexto, status=estado)


def _la_ultima_primero(nomina):
    """[(número, participante, a quiénes se parece)]: quien transcribe ve arriba lo último."""
    parecen = grupos_parecidos(nomina)
    return [(n, uno, parecen.get(uno.pk, ())) for n, uno in enumerate(nomina, start=1)][::-1]


def _en_blanco(request, encuentro, nomina):
    """La fila vacía. Quien viene de registrar a alguien sigue tecleando sin buscar el campo."""
    # Marcado una vez a conciencia, sigue marcado mientras se transcribe la misma hoja.
    form = RegistroForm.en_blanco(encuentro, consiente=bool(nomina) and nomina[-1].consiente)
    if "seguir" in request.GET:
        form.fields["nombre"].widget.attrs["autofocus"] = True
    return form


def _via(encuentro):
    es_hoy = encuentro.fecha == timezone.localdate()
    return Participante.Via.LISTA if es_hoy else Participante.Via.PAPEL


def _parecidos(encuentro, form):
    """A quién se parece, salvo que ya se haya dicho que es otra persona."""
    datos = form.cleaned_data
    if datos["es_otra_persona"] or not datos["nombre"]:
        return []
    # El mismo envío otra vez no se parece a sí mismo: se reconoce por su clave.
    otros = encuentro.participantes.con_nombre().para_nomina()
    if otros.filter(clave_envio=datos["clave_envio"]).exists():
        return []
    return parecidos_a(datos["nombre"], otros)


def _no_procede(request, encuentro, form, error, es_json):
    if es_json:
        actual = {"estado": encuentro.estado, "fecha": encuentro.fecha.isoformat()}
        return JsonResponse({"mensaje": str(error), "actual": actual}, status=409)
    form.add_error(None, str(error))
    return _pagina(request, encuentro, form, 409)


def _errores(errores):
    return JsonResponse({"errores": {c: list(suyos) for c, suyos in errores.items()}}, status=400)


def _por_que_no(encuentro):
    try:
        acciones.exigir_registro(encuentro)
    except NoProcede as error:
        return str(error)
    return ""


# --- Corregir, quitar y suprimir ----------------------------------------------------------------


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_http_methods(["GET", "POST"])
def corregir(request, pk):
    participante = _traer_participante(request, pk)
    encuentro = participante.encuentro
    form = CorregirForm(
        request.POST or None,
        participante=participante,
        encuentro=encuentro,
        convocados=_codigos(encuentro),
    )
    if request.method == "GET":
        return _pagina_de_correccion(request, participante, form)
    if not form.is_valid():
        return _pagina_de_correccion(request, participante, form, estado=400)
    version = form.cleaned_data["version"]
    try:
        acciones.corregir(participante, form.datos(), por=request.user, version=version)
    except Conflicto as conflicto:
        return _conflicto(request, conflicto.actual, form)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina_de_correccion(request, participante, form, estado=409)
    messages.success(request, f"Se corrigió a {_nombrar(participante)}.")
    return redirect(_direccion(encuentro))


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def quitar(request, pk):
    hecho = "Se quitó de la nómina a {}."
    return _con_version(request, pk, acciones.quitar, hecho)


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def distinguir(request, pk):
    hecho = "{} queda como otra persona."
    return _con_version(request, pk, acciones.distinguir, hecho)


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def suprimir(request, pk):
    participante = _traer_participante(request, pk)
    form = SuprimirForm(request.POST)
    if not form.is_valid():
        return _pagina_de_correccion(request, participante, suprimir=form, estado=400)
    acciones.suprimir(participante, por=request.user, motivo=form.cleaned_data["motivo"])
    messages.success(request, "Se suprimieron los datos: la persona se sigue contando, sin nombre.")
    return redirect(_direccion(participante.encuentro))


def _con_version(request, pk, accion, hecho):
    participante = _traer_participante(request, pk)
    encuentro = participante.encuentro
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _pagina_de_correccion(request, participante, version=form, estado=400)
    nombre = _nombrar(participante)
    try:
        accion(participante, por=request.user, version=form.cleaned_data["version"])
    except Conflicto as conflicto:
        return _conflicto(request, conflicto.actual)
    messages.success(request, hecho.format(nombre[:1].upper() + nombre[1:]))
    return redirect(_direccion(encuentro))


def _pagina_de_correccion(
    request, participante, form=None, *, suprimir=None, version=None, estado=200
):
    encuentro = participante.encuentro
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Registro", _direccion(encuentro)), ("Corregir", None)),
        "encuentro": encuentro,
        "participante": participante,
        "form": form or CorregirForm(participante=participante, encuentro=encuentro),
        "suprimir": suprimir or SuprimirForm(),
        "version": version,
        "ofrecidos": ofrecidos(encuentro),
    }
    return render(request, "talleres/corregir_participante.html", contexto, status=estado)


def _conflicto(request, actual, form=None):
    textos = []
    if form:
        guardado = CorregirForm(participante=actual, encuentro=actual.encuentro)
        pares = [(campo, guardado[campo.name].value()) for campo in form if not campo.is_hidden]
        textos = [
            (campo.label, _legible(campo, antes), _legible(campo, campo.value()))
            for campo, antes in pares
            if str(antes or "") != str(campo.value() or "")
        ]
    return responder_conflicto(request, actual, textos, _direccion(actual.encuentro))


def _legible(campo, valor):
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    return dict(getattr(campo.field, "choices", ())).get(valor, valor or "")


# --- Llevarse la nómina -------------------------------------------------------------------------


@exige(Permiso.VER_PARTICIPANTES)
def nomina_csv(request, pk):
    encuentro = _traer(request, pk)
    respuesta = StreamingHttpResponse(
        lineas_csv(ENCABEZADO, _filas(request, encuentro)), content_type="text/csv; charset=utf-8"
    )
    return _adjunta(respuesta, encuentro, "csv")


@exige(Permiso.VER_PARTICIPANTES)
def nomina_xlsx(request, pk):
    encuentro = _traer(request, pk)
    libro = libro_xlsx("Nómina", ENCABEZADO, _filas(request, encuentro))
    return _adjunta(HttpResponse(libro, content_type=TIPO_XLSX), encuentro, "xlsx")


def _adjunta(respuesta, encuentro, extension):
    nombre = f"nomina-{encuentro.fecha:%Y-%m-%d}-{encuentro.pk}.{extension}"
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta


def _filas(request, encuentro):
    visibles = Participante.objects.visibles_para(request.user).filter(encuentro=encuentro)
    for numero, uno in enumerate(visibles.para_nomina().iterator(chunk_size=500), start=1):
        fecha = uno.consentimiento_fecha
        yield [
            *(numero, uno, uno.cargo, uno.viene_de, uno.get_nivel_display()),
            *(uno.get_sexo_display(), uno.correo, uno.telefono),
            date_format(fecha, "SHORT_DATE_FORMAT") if fecha else "no consta",
            uno.get_via_display(),
            _cuando(uno.creado),
        ]


@exige(Permiso.VER_PARTICIPANTES)
def datos_csv(request, pk):
    """Todo lo que se guarda de una persona en ese encuentro, para dárselo si lo pide."""
    visibles = Participante.objects.visibles_para(request.user).select_related("encuentro")
    participante = get_object_or_404(visibles.para_nomina(), pk=pk)
    respuesta = StreamingHttpResponse(
        lineas_csv(["dato", "valor"], _datos_de(participante)),
        content_type="text/csv; charset=utf-8",
    )
    respuesta["Content-Disposition"] = f'attachment; filename="datos-{participante.pk}.csv"'
    return respuesta


def _datos_de(uno):
    fecha = uno.consentimiento_fecha
    yield from [
        ("encuentro", uno.encuentro.tema),
        ("fecha del encuentro", date_format(uno.encuentro.fecha, "SHORT_DATE_FORMAT")),
        ("nombre", uno.nombre),
        ("cargo", uno.cargo),
        ("GAD o entidad", uno.viene_de),
        ("nivel", uno.get_nivel_display()),
        ("sexo", uno.get_sexo_display()),
        ("correo", uno.correo),
        ("teléfono", uno.telefono),
        ("texto que aceptó", uno.consentimiento),
        ("fecha del consentimiento", date_format(fecha, "SHORT_DATE_FORMAT") if fecha else ""),
        ("cómo se registró", uno.get_via_display()),
        ("registrado", _cuando(uno.creado)),
    ]
    for certificado in uno.certificados.all():
        estado = "revocado" if certificado.revocado else "vigente"
        yield f"certificado del {_cuando(certificado.emitido)}", f"{certificado} ({estado})"
    for antes in uno.historia.select_related("gad__territorio__padre__padre"):
        partes = (antes.nombre, antes.cargo, antes.gad or antes.organizacion)
        escrito = " · ".join(str(parte) for parte in partes if parte)
        yield f"historial, {_cuando(antes.history_date)}", escrito


def _cuando(momento):
    return date_format(timezone.localtime(momento), "SHORT_DATETIME_FORMAT")


# --- Común --------------------------------------------------------------------------------------


def _traer(request, pk):
    visibles = Encuentro.objects.visibles_para(request.user)
    return get_object_or_404(visibles.select_related("estrategia", "jornada_de"), pk=pk)


def _traer_participante(request, pk):
    editables = Participante.objects.editables_por(request.user)
    suyos = editables.select_related("encuentro__estrategia", "gad__territorio__padre__padre")
    return get_object_or_404(suyos, pk=pk)


def _codigos(encuentro):
    return encuentro.convocados.values_list("gad", flat=True)


def _direccion(encuentro):
    return reverse("talleres:registro", args=[encuentro.pk])


def _nombrar(participante):
    return participante.nombre or "una persona sin nombre"
