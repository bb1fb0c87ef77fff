"""Las hojas con forma propia del formulario: vínculos entre planes e información."""

from functools import cache, partial

from territorios.versiones import Conflicto
from territorios.views.errores import es_autoguardado

from ..acciones import NoProcede, RespuestasEnConflicto
from ..acciones_hojas import guardar_informacion, guardar_vinculos, huella
from ..forms_hojas import HojaDeInformacion, VinculosForm
from ..llenado import Llenado, Par
from ..models import Informacion, Respuesta, Vinculo
from ..planes_superiores import planes_superiores
from ..vinculos import comparables, posibles_proveedores
from .paginas_de_llenado import guardado, mostrar, pagina, repetir, ya_no_se_guarda

# --- Vínculos -------------------------------------------------------------------------------


def vinculos(request, llenado, parte):
    """Una ficha por plan de nivel superior, con lo que ese plan dice al lado."""
    gad = llenado.evaluacion.gad
    escritos = [vinculo.con_id for vinculo in llenado.escrito[Vinculo]]
    planes = planes_superiores(comparables(gad, escritos), request.user)
    llenado.gads = {codigo: plan.gad for codigo, plan in planes.items()}
    de_la_hoja = {par.con.pk for par in llenado.pares}
    otras = [otro for codigo, otro in llenado.gads.items() if codigo not in de_la_hoja]
    # Quien tecleó en la ficha de una provincia que otra persona quitó recibe el aviso, no un error.
    tecleadas = [una for una in otras if f"version_{una.pk}" in request.POST]
    pares = [*llenado.pares, *(Par(una, None, propio=False) for una in tecleadas)]
    form = VinculosForm(request.POST or None, gad=gad, pares=pares, otras=otras)
    fichas = [ficha | {"plan": planes[ficha["par"].con.pk]} for ficha in form.fichas()]
    mas = {"fichas": fichas, "hay_otras": bool(otras)}
    if request.method == "GET":
        return mostrar(request, llenado, parte, form, **mas)
    if not form.is_valid():
        return pagina(request, llenado, parte, form, status=400, **mas)
    return _guardar_vinculos(request, llenado, parte, form, mas)


def _guardar_vinculos(request, llenado, parte, form, mas):
    cambios, otra = form.cambios(), form.cleaned_data["otra"]
    if es_autoguardado(request):
        # Poner y quitar fichas cambia la página: espera a que la persona pulse el botón.
        cambios, otra = [cambio for cambio in cambios if not cambio.quitar], ""
    try:
        versiones = guardar_vinculos(llenado.evaluacion, cambios, por=request.user, agregar=otra)
    except NoProcede as motivo:
        return ya_no_se_guarda(request, llenado, parte, _pares_tecleados(form), str(motivo))
    except RespuestasEnConflicto as conflicto:
        actuales = {c.con: vinculo.version if vinculo else 0 for vinculo, c in conflicto.pares}
        versiones = {f"version_{codigo}": version for codigo, version in actuales.items()}
        ahora = Llenado(llenado.evaluacion, para=request.user)
        tecleado = _pares_tecleados(form, ahora.pares)
        return repetir(request, llenado, parte, form, tecleado, versiones, **mas)
    return guardado(request, llenado, parte, versiones, ancla=f"#v-{otra}" if otra else "")


def _pares_tecleados(form, ahora=None):
    """(par, lo guardado, lo tecleado) de los que difieren; `ahora`: los pares recién leídos."""
    guardados = {par.con.pk: par.vinculo for par in (form.pares if ahora is None else ahora)}
    cambios = {cambio.con: cambio for cambio in form.cambios()}
    textos = [
        (
            f"Vínculo con {par.con.nombre_con_lugar}",
            _legible(guardados.get(par.con.pk)),
            _legible(cambios[par.con.pk]),
        )
        for par in form.pares
    ]
    return [par for par in textos if par[1] != par[2]]


def _legible(vinculo):
    """Un vínculo guardado o tecleado, en un texto."""
    if vinculo is None:
        return ""
    partes = [
        dict(Respuesta.Valor.choices).get(vinculo.valor, ""),
        vinculo.justificacion,
        vinculo.incompatibles and f"Incompatibles:\n{vinculo.incompatibles}",
        vinculo.sinergias and f"Sinergias:\n{vinculo.sinergias}",
    ]
    return "\n".join(parte for parte in partes if parte)


# --- Información ----------------------------------------------------------------------------


def informacion(request, llenado, parte):
    """Las filas de lo que se cuenta y lo que se requiere."""
    # Al guardar, lo escrito se lee bajo el bloqueo, y los proveedores, solo si se eligió alguno.
    filas = [] if request.method == "POST" else llenado.informacion
    proveedores = cache(partial(_proveedores, llenado))
    form = HojaDeInformacion(request.POST or None, filas=filas, proveedores=proveedores)
    if request.method == "GET":
        return mostrar(request, llenado, parte, form)
    if not form.is_valid():
        return pagina(request, llenado, parte, form, status=400)
    try:
        version = guardar_informacion(
            llenado.evaluacion, form.datos(), version=form.version, por=request.user
        )
    except NoProcede as motivo:
        tecleado = _lista_tecleada(parte, llenado.informacion, form)
        return ya_no_se_guarda(request, llenado, parte, tecleado, str(motivo))
    except Conflicto:
        ahora = Llenado(llenado.evaluacion, para=request.user).informacion
        tecleado = _lista_tecleada(parte, ahora, form)
        return repetir(request, llenado, parte, form, tecleado, {"version": huella(ahora)})
    return guardado(request, llenado, parte, {"": version})


def _proveedores(llenado):
    """{código: Gad} que se pueden elegir, también los ya elegidos que salieron del grupo."""
    posibles = {gad.pk: gad for gad in posibles_proveedores(llenado.evaluacion.gad)}
    elegidos = (fila.proveedor_gad for fila in llenado.informacion if fila.proveedor_gad)
    return posibles | {gad.pk: gad for gad in elegidos}


def _lista_tecleada(parte, guardadas, form):
    """[(la hoja, lo guardado, lo tecleado)] si difieren."""
    guardada = "\n".join(_dato_legible(fila) for fila in guardadas)
    tecleada = "\n".join(_dato_legible(dato) for dato in form.datos())
    return [(parte.titulo, guardada, tecleada)] if guardada != tecleada else []


def _dato_legible(dato):
    partes = [
        dict(Informacion.Situacion.choices)[dato.situacion],
        dato.proveedor,
        dato.proveedor_gad and dato.proveedor_gad.nombre_con_lugar,
        "puede entregarla" if dato.puede_entregar else "",
        dato.detalle,
    ]
    return f"{dato.dato} ({'; '.join(parte for parte in partes if parte)})"
